package render

import (
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
	return w.freeHelper(verb + w.stem())
}

// stem is what the helper of a function is named after. The helper of a function type has a name of its own, since its
// method is the only one that calls the receiver.
func (w *wrapper) stem() string {
	if w.fn.Type != nil {
		return ""
	}
	return camel(w.fn.Name)
}

// freeHelper returns a name that nothing else has, with a number if need be: of those that are free, the one of the
// wrapper's rank. A number never makes it a name that belongs to the helper of another function.
func (w *wrapper) freeHelper(base string) string {
	rank := max(1, slices.Index(w.alike[w.key("")], w.fn.Name)+1)
	text := base
	for n := 2; ; n++ {
		if !w.helperTaken(text) {
			if rank--; rank == 0 {
				return text
			}
		}
		for w.alike[w.key(strconv.Itoa(n))] != nil {
			n++
		}
		text = base + strconv.Itoa(n)
	}
}

// key is where the functions stand in alike whose helpers would have the same names, with a number behind them.
func (w *wrapper) key(number string) string {
	text := w.stem() + number
	if w.holder != nil {
		text = w.base(w.holder.name) + "." + text
	}
	return text
}

func (w *wrapper) helperTaken(text string) bool {
	if w.holder == nil {
		return w.taken[text] || w.sourceNames[text]
	}
	if w.Declared[w.holder.name+"."+text] > 0 || w.holder.taken[text] || slices.Contains(w.wrappers[w.base(w.holder.name)], text) {
		return true
	}
	object, _, _ := types.LookupFieldOrMethod(w.holder.typ, true, w.Types, text)
	return object != nil && (w.Written == nil || !w.Written(object.Pos()))
}

// base is the name of a type, also if it is written as an alias.
func (p *Package) base(text string) string {
	if alias, ok := p.Types.Scope().Lookup(text).(*types.TypeName); ok && alias.IsAlias() {
		if named, ok := types.Unalias(alias.Type()).(*types.Named); ok {
			return named.Obj().Name()
		}
	}
	return text
}

// alikeOf maps functions in camel case, and methods behind their types, to those that are called so but for case and
// underscores.
func alikeOf(p *Package) map[string][]string {
	groups := map[string][]string{}
	add := func(holder, text string) {
		groups[holder+camel(text)] = append(groups[holder+camel(text)], text)
	}
	for declared := range p.Declared {
		holder, method, isMethod := strings.Cut(declared, ".")
		if isMethod {
			add(p.base(holder)+".", method)
		} else {
			add("", declared)
		}
	}
	for _, d := range p.Found.Decorators {
		for method := range d.Object.Type().Underlying().(*types.Interface).Methods() {
			add(d.Wrapper+".", method.Name())
		}
	}
	for _, list := range groups {
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
