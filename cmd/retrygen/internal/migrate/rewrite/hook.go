package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// helper is a function that a hook becomes.
type helper struct {
	option, called string // what it is for, and the name that a recognizer has for it
	params, words  []string
	results, lines string
	constants      string // declarations that lines need
}

// add writes a helper behind the declaration of the site, and returns its call.
func (d *draft) add(h *helper) string {
	at := d.file.FileEnd
	if d.decl != nil {
		at = d.decl.End()
	}
	rest := fmt.Sprintf("(%s)%s {\n%s\n}", strings.Join(h.params, ", "), h.results, h.constants+h.lines)
	key := h.called + rest + d.Builds(d.file)
	name, known := d.Rewriter.types[key]
	if !known || h.called == "" || d.nameInFile(name) {
		name = d.hookName(h)
		d.types[key] = name
		d.replace(at, at, fmt.Sprintf("\n\n// %s %s\nfunc %s%s", name, hookDocs[h.option], name, rest))
	}
	if len(h.words) == 1 && h.words[0] == "err" && h.results == " bool" {
		return name
	}
	return name + "(" + strings.Join(h.words, ",") + ")"
}

// bring makes what a hook captures parameters of the helper, and arguments of the directive.
func (d *draft) bring(h *helper, region []ast.Node, but map[types.Object]string) string {
	h.constants = d.constants(region)
	for _, c := range d.captures(region) {
		if _, ok := but[c.v]; ok {
			continue
		}
		if c.writes || c.shared {
			return c.v.Name() + " is assigned in a function of the policy, or shared with one"
		}
		typ, ok := d.typeText(c.v.Type())
		if !ok {
			return "the type of " + c.v.Name() + " has no name outside of the function"
		}
		h.params = append(h.params, c.v.Name()+" "+typ)
		switch {
		case c.v == d.self:
			h.words = append(h.words, c.v.Name())
		case syntax.IsContext(c.v.Type()):
			h.words = append(h.words, "ctx")
		default:
			h.words = append(h.words, d.addParam(c.v.Name(), c.v.Type(), c.v.Name(), c.v))
		}
	}
	return ""
}

// literal makes a function of a function literal.
func (d *draft) literal(option string, h *site.Hook, lit *ast.FuncLit) (call, reason string) {
	one := &helper{option: option}
	if reason := d.bring(one, []ast.Node{lit}, nil); reason != "" {
		return "", reason
	}
	var lets []string
	i := 0
	for _, field := range lit.Type.Params.List {
		names := field.Names
		if len(names) == 0 {
			names = []*ast.Ident{{Name: "_"}}
		}
		for _, id := range names {
			if i >= len(h.Args) {
				return "", "a function of the policy takes more than " + option + "= passes"
			}
			arg := h.Args[i]
			i++
			if id.Name == "_" || (arg.Let != "" || arg.Word == "") && !syntax.Mentions(d.Info, lit.Body, d.Info.Defs[id]) {
				continue // it need not be passed
			}
			name, typ := id.Name, d.Source(field.Type)
			if arg.Let != "" {
				lets = append(lets, fmt.Sprintf("%s := %s", name, fmt.Sprintf(arg.Let, "retry")))
				name, typ = "retry", arg.Type
			}
			one.params, one.words = append(one.params, name+" "+typ), append(one.words, arg.Word)
		}
	}
	if lit.Type.Results != nil {
		one.results = " " + d.Source(lit.Type.Results)
	}
	one.lines = strings.Join(append(lets, strings.Trim(d.text(lit.Body.Lbrace+1, lit.Body.Rbrace, d.site.Work.Patches), " \t\r\n")), "\n")
	return d.add(one), ""
}

// adapted makes a function that calls another one, whose arguments are not those that the directive passes.
func (d *draft) adapted(option string, h *site.Hook) (call, reason string) {
	one := &helper{option: option}
	if reason := d.bring(one, []ast.Node{h.Func}, nil); reason != "" {
		return "", reason
	}
	var args []string
	for _, a := range h.Args {
		typ := "error"
		switch {
		case a.Let != "":
			typ = a.Type
		case a.Word == "wait":
			typ = d.pkg("time", "time") + ".Duration"
		}
		arg := a.Word
		if a.Let != "" {
			arg = fmt.Sprintf(a.Let, a.Word)
		}
		one.params, one.words, args = append(one.params, a.Word+" "+typ), append(one.words, a.Word), append(args, arg)
	}
	one.lines = d.Source(h.Func) + "(" + strings.Join(args, ", ") + ")"
	return d.add(one), ""
}

// condition makes a function that returns a condition.
func (d *draft) condition(option string, h *site.Hook) (call, reason string) {
	one := &helper{option: option, results: " bool"}
	if reason := d.bring(one, []ast.Node{h.Cond}, h.Words); reason != "" {
		return "", reason
	}
	var objects []types.Object
	for object := range h.Words {
		objects = append(objects, object)
	}
	slices.SortFunc(objects, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	for _, object := range objects {
		typ, ok := d.typeText(object.Type())
		if !ok {
			return "", "the type of " + object.Name() + " has no name outside of the function"
		}
		one.params, one.words = append(one.params, object.Name()+" "+typ), append(one.words, h.Words[object])
	}
	cond := d.Source(h.Cond)
	if h.Not {
		cond = negated(h.Cond, cond)
	}
	one.lines = h.Comment + "return " + cond
	return d.add(one), ""
}

// bodied makes a function of a body that a recognizer has written.
func (d *draft) bodied(option string, h *site.Hook) (call, reason string) {
	one := &helper{option: option, called: h.Name, lines: strings.TrimSuffix(h.Body, "\n")}
	if h.Result == site.WaitAgain {
		one.results = " (" + d.pkg("time", "time") + ".Duration, bool)"
		one.option = "ask"
	} else if h.Result != "" {
		one.results = " " + h.Result
		if path, name, ok := strings.Cut(h.Result, "."); ok {
			one.results = " " + d.pkg(path, path) + "." + name
		}
	}
	var objects []types.Object
	for object, word := range h.Words {
		if word != "" {
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	for _, object := range objects {
		typ, ok := d.typeText(object.Type())
		if !ok {
			return "", "the type of " + object.Name() + " has no name outside of the function"
		}
		word, why := d.word(object, h.Words[object])
		if why != "" {
			return "", why
		}
		one.params, one.words = append(one.params, object.Name()+" "+typ), append(one.words, word)
	}
	for _, a := range h.Args {
		one.params, one.words = append(one.params, a.Word+" "+a.Type), append(one.words, a.Word)
	}
	if reason := d.bring(one, h.Parts, h.Words); reason != "" {
		return "", reason
	}
	return d.add(one), ""
}

// word returns what the directive calls a result of the attempt, in the form of this draft. Other words are the same in all.
func (d *draft) word(object types.Object, word string) (name, reason string) {
	if word != "err" && !strings.HasPrefix(word, "result") {
		return word, ""
	}
	if d.resultNames != nil { // of a function that is there already
		for i, v := range d.wanted {
			switch {
			case v != object:
			case i < len(d.resultNames) && d.resultNames[i] != "_":
				return d.resultNames[i], ""
			case word != "err":
				return numbered(i, len(d.wanted)-1), ""
			}
		}
	}
	outs, _ := d.outs()
	if !d.lifted {
		outs = nil
	}
	at := 0
	for _, o := range outs {
		if o.v == object {
			return object.Name(), ""
		}
		at++
	}
	if word == "err" {
		named := len(outs) > 0 || d.returned() == nil
		if v := d.errorVar(); d.lifted && d.resultNames == nil && v != nil && v == object && d.writes(v) && named {
			return object.Name(), ""
		}
		return word, ""
	}
	for _, y := range d.site.Work.Yields {
		if y == object {
			return numbered(at, len(outs)+len(d.site.Work.Yields)), ""
		}
		at++
	}
	return "", object.Name() + " is no result of an attempt"
}

// numbered is what a directive calls one of several results that have no names, the error not counted.
func numbered(at, results int) string {
	if results == 1 {
		return "result"
	}
	return fmt.Sprint("result", at+1)
}

// negated writes the opposite of a condition.
func negated(e ast.Expr, text string) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return strings.TrimPrefix(text, "!")
		}
	case *ast.CallExpr, *ast.Ident, *ast.SelectorExpr:
		return "!" + text
	}
	return "!(" + text + ")"
}

// hookName returns a free name for a function of the policy.
func (d *draft) hookName(h *helper) string {
	switch {
	case h.called != "":
		return d.choose(h.called)
	case h.option == "notify" && strings.HasPrefix(d.subject(), "Retry"):
		return d.choose("on", d.subject())
	}
	return d.choose(hookNames[h.option], d.subject())
}

var (
	hookNames = map[string]string{"if": "retryable", "ask": "next", "notify": "onRetry", "delay": "delay", "discard": "discard"}
	hookDocs  = map[string]string{
		"ask": "returns the wait before a retry, and whether there is one.",
		"if":  "reports whether an error is worth a retry.", "notify": "is called before each retry.",
		"delay": "returns the wait before a retry.", "discard": "releases the results of an attempt that will be retried.",
	}
)
