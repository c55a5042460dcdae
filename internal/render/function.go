package render

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// function writes the wrapper of a function or method.
func (f *file) function(fn *directive.Func) []jen.Code {
	receiver := ""
	if fn.Receiver != nil {
		receiver = fn.Receiver.Name
		if receiver == "" {
			receiver = strings.ToLower(fn.Receiver.Type[:1])
		}
	}
	w := f.newWrapper(fn, receiver)
	var holder *jen.Statement
	if fn.Receiver != nil {
		w.callee = jen.Id(w.receiver)
		holder = w.receiverType()
	}
	return w.write(holder, fn.Wrapper, w.functionDoc())
}

// write writes a wrapper and, where an attempt has a timeout, the helper that gives it one.
func (w *wrapper) write(holder *jen.Statement, name, doc string) []jen.Code {
	w.nameContext()
	var helper []jen.Code
	if w.fn.Policy.Timeout.IsSet() {
		w.helper = w.helperName()
		helper = w.timeoutHelper(holder)
	}
	if w.fn.Checkpoint != nil {
		return append(w.remembered(holder, name, doc), helper...)
	}
	s := comment(doc)
	s.Add(w.declaration(holder, name, true)).Block(w.body()...)
	return slices.Concat([]jen.Code{s}, w.keyHelpers(holder), helper)
}

// declaration writes a function's signature: the wrapper's, or that of the helper, which has all the parameters of
// the function itself.
func (w *wrapper) declaration(holder *jen.Statement, name string, wrapper bool) *jen.Statement {
	s := jen.Func()
	if holder != nil {
		s.Params(jen.Id(w.receiver).Add(holder.Clone()))
	}
	s.Id(name)
	if params := w.typeParams(w.fn.Sig.TypeParams()); len(params) > 0 {
		s.Types(params...)
	}
	s.Params(w.paramList(wrapper)...)
	var results []jen.Code
	for i := range w.fn.Sig.Results().Len() {
		t := w.typeOf(w.fn.Sig.Results().At(i).Type())
		if name := w.resultName(i); wrapper && name != "" {
			t = jen.Id(name).Add(t)
		}
		results = append(results, t)
	}
	if len(results) == 1 && !(wrapper && w.named) {
		return s.Add(results[0])
	}
	return s.Params(results...)
}

// paramList writes the parameters. The wrapper has no attempts among them, and perhaps a context before them.
func (w *wrapper) paramList(wrapper bool) []jen.Code {
	var list []jen.Code
	if wrapper && w.added {
		list = append(list, jen.Id(w.context).Add(w.imported("context", "context", "Context")))
	}
	params := w.fn.Sig.Params()
	for i := range params.Len() {
		name := w.params[i]
		if slices.Contains(w.fn.Attempts, i) {
			if wrapper {
				continue
			}
			name = w.attemptName(i)
		}
		t := w.parameter(params.At(i).Type(), w.fn.Sig.Variadic() && i == params.Len()-1)
		list = append(list, jen.Id(name).Add(t))
	}
	return list
}

// attemptName is what the helper calls a parameter of type retry.Attempt.
func (w *wrapper) attemptName(i int) string {
	if w.params[i] == "" {
		w.params[i] = w.fresh("attempt")
	}
	return w.params[i]
}

// helperName names the helper after the function, so that it depends on nothing else.
func (w *wrapper) helperName() string { return w.nameHelper("attempt" + w.fn.Name) }

// nameHelper gives the name of a function that stands beside the wrapper.
func (w *wrapper) nameHelper(base string) string {
	name := base
	for n := 2; w.helperTaken(name); n++ {
		name = base + "Of" + strconv.Itoa(n)
	}
	return name
}

func (w *wrapper) helperTaken(name string) bool {
	if w.scope[name] || slices.ContainsFunc(w.keys, func(h keyHelper) bool { return h.name == name }) {
		return true
	}
	holder := w.holder()
	if holder == nil {
		return w.taken[name]
	}
	object, _, _ := types.LookupFieldOrMethod(holder, true, w.Types, name)
	return object != nil && (w.Written == nil || !w.Written(object.Pos()))
}

// holder is the type that the wrapper is a method of, nil for a function.
func (w *wrapper) holder() types.Type {
	if recv := w.fn.Sig.Recv(); recv != nil {
		return recv.Type()
	}
	return nil
}

// timeoutHelper writes the function that makes one attempt with a context of its own.
func (w *wrapper) timeoutHelper(holder *jen.Statement) []jen.Code {
	outer := w.scope
	w.scope = map[string]bool{}
	for name := range outer {
		w.scope[name] = true
	}
	defer func() { w.scope = outer }()
	for i := range w.fn.Attempts {
		w.attemptName(w.fn.Attempts[i])
	}
	defer func() {
		for _, i := range w.fn.Attempts {
			w.params[i] = ""
		}
	}()

	ctx, cancel := w.context, w.fresh("cancel")
	if ctx == "" {
		ctx = w.fresh("ctx")
	}
	timeout := w.duration(w.fn.Policy.Timeout.Value)
	s := []jen.Code{
		jen.List(jen.Id(ctx), jen.Id(cancel)).Op(":=").
			Add(w.imported("context", "context", "WithTimeout")).Call(w.ctx(), timeout),
	}
	instead := map[int]jen.Code{}
	if w.context == "" {
		for _, i := range w.fn.Requests {
			instead[i] = jen.Id(w.params[i]).Dot("WithContext").Call(jen.Id(ctx))
		}
	}
	for _, i := range w.fn.Attempts {
		instead[i] = jen.Id(w.params[i])
	}
	call := w.call("", w.arguments(nil, instead))
	if len(w.fn.Responses) == 0 {
		s = append(s, jen.Defer().Id(cancel).Call(), jen.Return(call))
	} else {
		s = append(s, w.heldAttempt(cancel, call)...)
	}
	doc := w.helper + " makes one attempt of " + w.fn.Name + ", which takes at most " + policy.Spell(w.fn.Policy.Timeout.Value) + "."
	if len(w.fn.Responses) > 0 {
		doc += " The context of a response ends when its body is closed."
	}
	return []jen.Code{comment(doc).Add(w.declaration(holder, w.helper, false)).Block(s...)}
}

// heldAttempt makes an attempt whose context lives on until the response's body is closed.
func (w *wrapper) heldAttempt(cancel string, call *jen.Statement) []jen.Code {
	hold := w.fresh("hold")
	s := []jen.Code{
		jen.Id(hold).Op(":=").Add(w.imported(httpPath, "loophttp", "Hold")).Call(jen.Id(cancel)),
		jen.Defer().Id(hold).Dot("Release").Call(),
		w.results().Op(":=").Add(call),
	}
	for _, i := range w.fn.Responses {
		s = append(s, jen.Id(hold).Dot("Until").Call(jen.Id(w.locals[i])))
	}
	return append(s, jen.Return(w.results()))
}

// receiverType writes the receiver's type as its declaration does.
func (w *wrapper) receiverType() *jen.Statement {
	r := w.fn.Receiver
	s := jen.Null()
	if r.Pointer {
		s.Op("*")
	}
	s.Id(r.Type)
	var params []jen.Code
	for _, name := range r.TypeParams {
		params = append(params, jen.Id(name))
	}
	if len(params) > 0 {
		s.Types(params...)
	}
	return s
}
