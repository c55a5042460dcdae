package render

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/values"
)

// wrapper is an annotated function with what stands in the generated file for it: the wrapper itself and its helpers.
type wrapper struct {
	*file
	fn     *directive.Func
	holder *holder // what they are methods of, nil for functions

	added bool // the wrapper has a context that the function does not have
	named bool // the wrapper's results are named in its signature
	bare  bool // results are returned by a bare return, since to copy them would copy a lock

	paramFields  []int // by index of the signature: which field of the source declares a parameter
	resultFields []int // the same of results

	attempt   string // the helper that makes one attempt with a timeout, "" where there is none
	teller    string // the helper that makes one attempt and tells the guard of it, "" where there is none
	retries   string // the wrapper as it would be without a checkpoint, "" where it is no other function
	remembers string // the helper that looks up and records results
	remoteHelpers
	copier  string // the helper that copies results, "" where none does
	keys    []keyHelper
	structs []*types.Named // what code was written for field by field
	inNames []string       // the options with a name in place of a number
}

// holder is the type that a wrapper and its helpers are methods of.
type holder struct {
	name     string // of the type
	pointer  bool   // the receiver is a pointer
	receiver *name  // what the receiver is called; a pattern for each function's own
	field    string // of a decorator: what it calls is in this field
	link     string // the type whose methods are wrapped, as comments have it
	typ      types.Type
	params   []*types.TypeParam
	taken    map[string]bool // of a decorator: what no helper may be called
}

func (f *file) newWrapper(fn *directive.Func, h *holder) *wrapper {
	w := &wrapper{file: f, fn: fn, holder: h}
	for v := range fn.Sig.Results().Variables() {
		w.bare = w.bare || values.HoldsLock(v.Type())
	}
	w.added = fn.Context < 0 && len(fn.Requests) == 0
	w.named = w.bare || spelled(fn.Sig.Results()) || (w.added || fn.Flow || fn.Guard != nil) && fn.Discard == nil && w.hidesZero()
	for _, o := range fn.Policy.Operands() {
		w.inNames = append(w.inNames, o.Entry.Name)
	}
	signature := f.signatureOf(fn)
	w.paramFields = groups(signature.Params, fn.Sig.Params().Len())
	w.resultFields = groups(signature.Results, fn.Sig.Results().Len())
	return w
}

// hidesZero reports whether a parameter hides what the zero value of a result is written with. Then the results have
// names, so that their zero values need none.
func (w *wrapper) hidesZero() bool {
	params := map[string]bool{}
	for v := range w.fn.Sig.Params().Variables() {
		params[v.Name()] = true
	}
	for v := range w.fn.Sig.Results().Variables() {
		switch v.Type().Underlying().(type) {
		case *types.Struct, *types.Array:
			for _, u := range scan(&decl{head: typer{file: w.file}.typeOf(v.Type())}).uses {
				if params[u.name.text] || params[u.name.want] {
					return true
				}
			}
		}
	}
	return false
}

// signatureOf is the signature of a function as the source has it, or an empty one if the source is not known.
func (f *file) signatureOf(fn *directive.Func) *ast.FuncType {
	if fn.Decl != nil {
		return fn.Decl.Type
	}
	if fn.Object != nil {
		if method := f.methods[fn.Object.Pos()]; method != nil {
			return method
		}
	}
	return &ast.FuncType{}
}

// groups tells for each variable of a list which field declares it. Variables that share one are written together.
func groups(list *ast.FieldList, n int) []int {
	var fields []int
	if list != nil {
		for i, field := range list.List {
			for range max(1, len(field.Names)) {
				fields = append(fields, i)
			}
		}
	}
	for len(fields) < n {
		fields = append(fields, len(fields))
	}
	return fields
}

// write writes a wrapper and its helpers.
func (w *wrapper) write(name string, doc func(*frame) code) {
	if w.timed() {
		w.attempt = w.helper("attempt")
	}
	if w.fn.Guard != nil && !w.fn.Guard.Waits {
		w.teller = w.helper("guarded")
	}
	switch {
	case w.fn.Remote != nil:
		w.remoted(name, doc)
	case w.fn.Checkpoint != nil:
		w.remembered(name, doc)
	default:
		w.define(name, doc, (*frame).body)
		w.keyHelpers()
	}
	if w.teller != "" {
		w.tellingHelper()
	}
	if w.attempt != "" {
		w.attemptHelper()
	}
}

// define adds a function with the signature of the wrapper.
func (w *wrapper) define(name string, doc func(*frame) code, body func(*frame) []stmt) {
	fr := w.frame()
	head := fr.head(name, fr.paramList(false), fr.resultList(), w.named)
	s := body(fr)
	w.add(w.fn, &decl{doc: doc(fr), head: head, stmt: append(fr.prelude(), s...), fn: true})
}

// plain is the number of results without the error.
func (w *wrapper) plain() int {
	n := w.fn.Sig.Results().Len()
	if w.fn.Error {
		n--
	}
	return n
}

// asksResults reports whether a condition judges successes too.
func (w *wrapper) asksResults() bool { return w.fn.If != nil && w.fn.If.Results }
