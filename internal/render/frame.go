package render

import (
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// frame is one function of a wrapper, with names of its own.
type frame struct {
	*wrapper
	types    typer
	receiver *name
	params   []*name       // by index of the signature
	locals   []*name       // what holds the results
	declared []bool        // which of them are declared so far
	given    map[int]*name // by index of the signature: what renews a parameter that an attempt uses up
	sent     map[int]*name // by index of the signature: the latest attempt's own request, where the next one has replaced it
	context  *name         // a parameter of the function, or one that is added; nil within a request
	none     *name         // a nil error, where the package hides nil
	budget   code          // the budget of the call; nil if there is none
	flow     *name         // the variable that holds the call of a flow, nil for a task
	served   *name         // the parameter for the attempt that is made for an engine; nil where no engine makes any

	admission *admission // nil where no guard is asked
	reads
	police
}

// frame begins a function.
func (w *wrapper) frame() *frame {
	fr := &frame{wrapper: w, types: typer{w.file, map[*types.TypeParam]*name{}}}
	if w.holder != nil {
		receiver := *w.holder.receiver
		fr.receiver = &receiver
		fr.nameTypes(w.holder.params)
	}
	fr.nameTypes(slices.Collect(w.fn.Sig.TypeParams().TypeParams()))
	fr.nameParams()
	fr.nameResults()
	switch {
	case w.fn.Context >= 0:
		fr.context = fr.params[w.fn.Context]
	case w.added:
		fr.context = invented("ctx")
	}
	return fr
}

// nameTypes names type parameters: those without a name get one, but for a receiver's, which needs none.
func (fr *frame) nameTypes(list []*types.TypeParam) {
	for _, param := range list {
		switch text := param.Obj().Name(); {
		case text != "_":
			fr.types.params[param] = written(text)
		case fr.holder != nil && fr.holder.field == "":
			fr.types.params[param] = &name{text: "_"}
		default:
			fr.types.params[param] = invented("T")
		}
	}
}

// typeOf writes a type.
func (fr *frame) typeOf(t types.Type) code { return fr.types.typeOf(t) }

func (fr *frame) nameParams() {
	params := fr.fn.Sig.Params()
	fr.params = make([]*name, params.Len())
	for i := range params.Len() {
		role := "arg" + strconv.Itoa(i+1)
		switch {
		case i == fr.fn.Context:
			role = "ctx"
		case slices.Contains(fr.fn.Requests, i):
			role = "req"
		case slices.Contains(fr.fn.Attempts, i):
			role = "attempt"
		}
		fr.params[i] = invented(role)
		if text := params.At(i).Name(); token.IsIdentifier(text) && text != "_" {
			fr.params[i] = written(text)
			if i == fr.fn.Context || slices.Contains(fr.fn.Requests, i) {
				fr.params[i].instead = role
			}
		}
	}
}

func (fr *frame) nameResults() {
	results := fr.fn.Sig.Results()
	fr.locals = make([]*name, results.Len())
	fr.declared = make([]bool, results.Len())
	plain := fr.plain()
	for i := range results.Len() {
		text := results.At(i).Name()
		switch {
		case token.IsIdentifier(text) && text != "_":
			fr.locals[i] = written(text)
		case i == plain:
			fr.locals[i] = invented("err")
		case slices.Contains(fr.fn.Responses, i):
			fr.locals[i] = invented("resp")
		case plain == 1:
			fr.locals[i] = invented("result")
		default:
			fr.locals[i] = invented("result" + strconv.Itoa(i+1))
		}
	}
}

// head writes the beginning of a function with the receiver and the type parameters of the wrapper.
func (fr *frame) head(name string, params, results []code, named bool) code {
	c := join("func ")
	if fr.receiver != nil {
		c = join(c, "(", declare(fr.receiver), " ", fr.receiverType(), ") ")
	}
	c = join(c, name, fr.typeParams(slices.Collect(fr.fn.Sig.TypeParams().TypeParams())), parens(params...))
	switch {
	case len(results) == 0:
		return c
	case len(results) == 1 && !named:
		return join(c, " ", results[0])
	}
	return join(c, " ", parens(results...))
}

// receiverType writes the receiver's type as its declaration does.
func (fr *frame) receiverType() code {
	star := ""
	if fr.holder.pointer {
		star = "*"
	}
	var params []code
	for _, param := range fr.holder.params {
		if n := fr.types.params[param]; n.text == "_" {
			params = append(params, join("_"))
		} else {
			params = append(params, join(declareType(n)))
		}
	}
	return join(star, fr.local(fr.holder.name), brackets(params))
}

// typeParams declares type parameters with their constraints.
func (fr *frame) typeParams(list []*types.TypeParam) code {
	var params []code
	for _, param := range list {
		params = append(params, join(declareType(fr.types.params[param]), " ", fr.typeOf(param.Constraint())))
	}
	return brackets(params)
}

// typeNames writes type parameters as arguments.
func (fr *frame) typeNames(list []*types.TypeParam) []code {
	var names []code
	for _, param := range list {
		if n := fr.types.params[param]; n.text != "_" {
			names = append(names, join(n))
		}
	}
	return names
}

// paramList declares the parameters: for the helper that makes an attempt, the parameters of the function; for the wrapper
// without parameters of type retry.Attempt, and with the added context if there is one.
func (fr *frame) paramList(attempts bool) []code {
	var list []code
	if fr.added && !attempts {
		list = append(list, join(declare(fr.context), " ", fr.std("context", "Context")))
	}
	params := fr.fn.Sig.Params()
	var names code
	for i := range params.Len() {
		if slices.Contains(fr.fn.Attempts, i) && !attempts {
			continue
		}
		if len(names) > 0 {
			names = join(names, comma)
		}
		names = join(names, declare(fr.params[i]))
		if i+1 < params.Len() && fr.paramFields[i+1] == fr.paramFields[i] {
			continue
		}
		list = append(list, join(names, " ", fr.types.parameter(params.At(i).Type(), fr.fn.Sig.Variadic() && i == params.Len()-1)))
		names = nil
	}
	return list
}

// resultList writes the results of the wrapper, with the names that they have in its signature.
func (fr *frame) resultList() []code {
	if !fr.named {
		return fr.resultTypes()
	}
	var list []code
	var names code
	results := fr.fn.Sig.Results()
	for i := range results.Len() {
		if len(names) > 0 {
			names = join(names, comma)
		}
		if results.At(i).Name() == "_" && !fr.bare {
			names = join(names, "_")
		} else {
			names = join(names, declare(fr.locals[i]))
			fr.declared[i] = true
		}
		if i+1 < results.Len() && fr.resultFields[i+1] == fr.resultFields[i] {
			continue
		}
		list = append(list, join(names, " ", fr.typeOf(results.At(i).Type())))
		names = nil
	}
	return list
}

func (fr *frame) resultTypes() []code {
	var list []code
	for v := range fr.fn.Sig.Results().Variables() {
		list = append(list, fr.typeOf(v.Type()))
	}
	return list
}
