package render

import (
	"cmp"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// helper names a function that stands beside the wrapper, after the function. The name is in camel case whatever the
// function's is; of several functions that only differ in this, each has a number but the first. It depends on what the
// package declares, not on its directives.
func (w *wrapper) helper(verb string) string {
	return w.freeHelper(verb+camel(w.fn.Name), w.rank())
}

// freeHelper returns a name that nothing else has, with a number if need be: of those that are free, the one of that
// rank.
func (w *wrapper) freeHelper(base string, rank int) string {
	text := base
	for n := 2; ; n++ {
		if !w.helperTaken(text) {
			if rank--; rank == 0 {
				return text
			}
		}
		text = base + strconv.Itoa(n)
	}
}

// rank counts the functions beside which helpers would have the same names, up to the one that is wrapped.
func (w *wrapper) rank() int {
	key := camel(w.fn.Name)
	if w.holder != nil {
		key = w.holder.name + "." + key
	}
	return max(1, slices.Index(w.alike[key], w.fn.Name)+1)
}

func (w *wrapper) helperTaken(text string) bool {
	if slices.ContainsFunc(w.keys, func(h keyHelper) bool { return h.name == text }) {
		return true
	}
	if w.holder == nil {
		return w.taken[text] || w.sourceNames[text]
	}
	if w.Declared[w.holder.name+"."+text] > 0 || w.holder.taken[text] || slices.Contains(w.wrappers[w.holder.name], text) {
		return true
	}
	object, _, _ := types.LookupFieldOrMethod(w.holder.typ, true, w.Types, text)
	return object != nil && (w.Written == nil || !w.Written(object.Pos()))
}

// alike maps functions in camel case, and methods behind their types, to those that are called so but for case and
// underscores.
func alike(declared map[string]int) map[string][]string {
	groups := map[string][]string{}
	for text := range declared {
		holder, method, isMethod := strings.Cut(text, ".")
		key := camel(holder)
		if isMethod {
			key = holder + "." + camel(method)
		}
		groups[key] = append(groups[key], cmp.Or(method, holder))
	}
	for key, list := range groups {
		if len(list) == 1 {
			delete(groups, key)
			continue
		}
		slices.Sort(list)
	}
	return groups
}

// camel is a name for use within another.
func camel(text string) string {
	text = strings.TrimLeft(text, "_")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// lower is a type's name as a variable has it.
func lower(text string) string {
	text = strings.TrimLeft(text, "_")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(first)) + text[size:]
}

// letter is what a receiver without a name is called: the first letter of its type's.
func letter(text string) string {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return string(unicode.ToLower(r))
		}
	}
	return "v"
}
