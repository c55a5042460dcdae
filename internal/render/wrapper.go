package render

import (
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/values"
)

// wrapper is one function of the generated file: the names in it are decided before anything is written.
type wrapper struct {
	*file
	fn *directive.Func

	receiver string         // name of the receiver, "" for a function
	callee   *jen.Statement // what an attempt calls; clone before use
	helper   string         // name of the function that gives an attempt its own timeout, "" for none
	params   []string       // by index of the signature
	locals   []string       // what holds the results
	named    bool           // the results bear these names in the signature
	bare     bool           // results are returned by a bare return, since to copy them would copy a lock
	context  string         // the context: a parameter of the function or one that is added; "" within a request
	added    bool           // the context is added
	flow     string         // the variable that holds the call of a flow, "" for a task
	scope    map[string]bool
	keys     []keyHelper    // the functions that add values of declared types to a key
	copier   string         // the function that copies results, "" where none does
	structs  []*types.Named // what the code for keys, copies and records was written for
}

// newWrapper decides the names. The scope holds those that the body refers to outside itself.
func (f *file) newWrapper(fn *directive.Func, receiver string) *wrapper {
	w := &wrapper{file: f, fn: fn, scope: map[string]bool{"nil": true, "new": true}}
	w.outside()
	w.nameTypeParams()
	if receiver != "" {
		w.receiver = w.fresh(receiver)
	}
	w.nameParams()
	w.nameResults()
	return w
}

// outside notes the package-level names that the body uses, which no parameter may hide.
func (w *wrapper) outside() {
	if w.fn.Receiver == nil && w.fn.Decl != nil {
		w.scope[w.fn.Name] = true
	}
	note := func(ref *directive.Ref) {
		if ref != nil && ref.Object != nil && ref.Object.Pkg() == w.Types {
			w.scope[ref.Object.Name()] = true
		}
	}
	if w.fn.If != nil {
		note(&w.fn.If.Ref)
	}
	if w.fn.Schedule != nil {
		note(&w.fn.Schedule.Ref)
	}
	if w.fn.Discard != nil {
		note(&w.fn.Discard.Ref)
	}
	note(w.fn.Budget)
	note(w.fn.Notify)
	for _, match := range slices.Concat(w.fn.On, w.fn.Except) {
		note(&match.Ref)
	}
	for v := range w.fn.Sig.Results().Variables() {
		noteTypes(v.Type(), w.Types, w.scope) // for zero values
	}
	w.outsideOfKeys()
}

// noteTypes notes the package-level names that a type is written with.
func noteTypes(t types.Type, pkg *types.Package, into map[string]bool) {
	switch t := t.(type) {
	case *types.Named:
		if t.Obj().Pkg() == pkg {
			into[t.Obj().Name()] = true
		}
		for arg := range t.TypeArgs().Types() {
			noteTypes(arg, pkg, into)
		}
	case *types.Alias:
		if t.Obj().Pkg() == pkg {
			into[t.Obj().Name()] = true
		}
		for arg := range t.TypeArgs().Types() {
			noteTypes(arg, pkg, into)
		}
	case *types.Array:
		noteTypes(t.Elem(), pkg, into)
	}
}

// fresh gives a name that is not in scope yet and puts it there.
func (w *wrapper) fresh(name string) string {
	unique := name
	for n := 2; w.scope[unique] || w.isImport(unique) || token.IsKeyword(unique); n++ {
		unique = name + strconv.Itoa(n)
	}
	w.scope[unique] = true
	return unique
}

// isImport reports whether an import of the file has that name.
func (w *wrapper) isImport(name string) bool {
	for _, used := range w.names {
		if used == name {
			return true
		}
	}
	return false
}

func (w *wrapper) nameTypeParams() {
	if w.fn.Receiver != nil {
		for _, name := range w.fn.Receiver.TypeParams {
			w.scope[name] = true
		}
	}
	for param := range w.fn.Sig.TypeParams().TypeParams() {
		if name := param.Obj().Name(); name != "_" {
			w.scope[name] = true
		}
	}
	for param := range w.fn.Sig.TypeParams().TypeParams() {
		if param.Obj().Name() == "_" {
			w.renamed[param] = w.fresh("T")
		}
	}
}

func (w *wrapper) nameParams() {
	params := w.fn.Sig.Params()
	w.params = make([]string, params.Len())
	for i := range params.Len() {
		if name := params.At(i).Name(); token.IsIdentifier(name) && name != "_" && !slices.Contains(w.fn.Attempts, i) {
			w.params[i] = w.fresh(name)
		}
	}
	for i := range params.Len() {
		switch {
		case w.params[i] != "" || slices.Contains(w.fn.Attempts, i):
		case i == w.fn.Context:
			w.params[i] = w.fresh("ctx")
		case slices.Contains(w.fn.Requests, i):
			w.params[i] = w.fresh("req")
		default:
			w.params[i] = w.fresh("arg" + strconv.Itoa(i+1))
		}
	}
}

func (w *wrapper) nameResults() {
	results := w.fn.Sig.Results()
	w.locals = make([]string, results.Len())
	w.named = spelled(results)
	for i := range results.Len() {
		w.bare = w.bare || values.HoldsLock(results.At(i).Type())
		if name := results.At(i).Name(); token.IsIdentifier(name) && name != "_" {
			w.locals[i] = w.fresh(name)
			w.named = w.named && w.locals[i] == name
		}
	}
	plain := results.Len()
	if w.fn.Error {
		plain--
	}
	for i := range results.Len() {
		switch {
		case w.locals[i] != "":
		case i == plain:
			w.locals[i] = w.fresh("err")
		case slices.Contains(w.fn.Responses, i):
			w.locals[i] = w.fresh("resp")
		case plain == 1:
			w.locals[i] = w.fresh("result")
		default:
			w.locals[i] = w.fresh("result" + strconv.Itoa(i+1))
		}
	}
	w.named = w.named || w.bare
}

func (w *wrapper) nameContext() {
	switch {
	case w.fn.Context >= 0:
		w.context = w.params[w.fn.Context]
	case len(w.fn.Requests) == 0:
		w.context, w.added = w.fresh("ctx"), true
	}
}

// err is the local that holds the error, nil for a function without one.
func (w *wrapper) err() *jen.Statement {
	if !w.fn.Error {
		return jen.Nil()
	}
	return jen.Id(w.locals[len(w.locals)-1])
}

// ctx writes the context of the call.
func (w *wrapper) ctx() *jen.Statement {
	if w.context != "" {
		return jen.Id(w.context)
	}
	return w.imported(httpPath, "loophttp", "Context").Call(jen.Id(w.params[w.fn.Requests[0]]))
}

// ref writes what a name in the policy means.
func (w *wrapper) ref(ref *directive.Ref) *jen.Statement {
	var s *jen.Statement
	switch {
	case ref.Object == nil:
		s = w.self()
	case ref.Object.Pkg() == nil || ref.Object.Pkg() == w.Types:
		s = jen.Id(ref.Object.Name())
	default:
		s = w.imported(ref.Object.Pkg().Path(), ref.Object.Pkg().Name(), ref.Object.Name())
	}
	for _, name := range ref.Path {
		s.Dot(name)
	}
	return s
}

// self writes the value that a leading dot selects from: the receiver, or the interface that is decorated.
func (w *wrapper) self() *jen.Statement {
	if w.fn.Receiver != nil {
		return jen.Id(w.receiver)
	}
	return w.callee.Clone()
}

// units are what durations are written in, the largest first.
var units = []struct {
	size time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
	{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"},
}

// duration writes a length of time in the largest unit that divides it.
func (w *wrapper) duration(d time.Duration) *jen.Statement {
	for _, unit := range units {
		if d != 0 && d%unit.size == 0 {
			s := w.imported("time", "time", unit.name)
			if d == unit.size {
				return s
			}
			return jen.Lit(int(d / unit.size)).Op("*").Add(s)
		}
	}
	return jen.Lit(0)
}

// upper gives a name for use within another, as camel case has it.
func upper(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
