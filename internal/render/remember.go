package render

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/values"
)

// remembered writes a wrapper whose results are remembered within a flow run: the wrapper itself, which asks whether
// there is a run; what looks up and records; and the wrapper as it would be without.
func (w *wrapper) remembered(holder *jen.Statement, name, doc string) []jen.Code {
	retries, remembers := w.nameHelper("retry"+w.fn.Name), w.nameHelper("remember"+w.fn.Name)
	call := func(helper string) *jen.Statement { return jen.Return(w.call(helper, w.passed(w.ctx()))) }
	inFlow := w.imported(loopPath, "retryloop", "InFlow").Call(w.ctx())
	entry := comment(doc+w.rememberedDoc()).Add(w.declaration(holder, name, true)).Block(
		jen.If(jen.Op("!").Add(inFlow)).Block(call(retries)),
		call(remembers),
	)
	middle := comment(remembers + " gives what an earlier attempt of the flow recorded for a call of " + w.fn.Name + ". Where there is nothing, it makes the call and records what that gives.").
		Add(w.declaration(holder, remembers, true)).Block(w.remember(retries)...)
	inner := comment(retries + " calls " + w.fn.Name + " with its retries.").
		Add(w.declaration(holder, retries, true)).Block(w.body()...)
	return slices.Concat([]jen.Code{entry, middle, inner}, w.keyHelpers(holder), w.copyHelper(holder), w.guard(holder))
}

// passed lists what the wrapper hands to a helper with the same signature.
func (w *wrapper) passed(ctx jen.Code) []jen.Code {
	var args []jen.Code
	if w.added {
		args = append(args, ctx)
	}
	all := w.arguments(nil, map[int]jen.Code{w.fn.Context: ctx})
	for i, arg := range all {
		if !slices.Contains(w.fn.Attempts, i) {
			args = append(args, arg)
		}
	}
	return args
}

// remember writes the look-up, the call and the record.
func (w *wrapper) remember(retries string) []jen.Code {
	defer w.block()()
	var s []jen.Code
	if w.added {
		s = append(s, w.notStarted())
	}
	key, point, failed := w.fresh("key"), w.fresh("point"), w.fresh("failed")
	begin, recall := "NewKey", "Recall"
	if w.fn.Checkpoint.Durable {
		begin, recall = "DurableKey", "RecallDurable"
	}
	s = append(s, w.newKey(key, begin))
	s = append(s, w.keyParts(key)...)
	held, declared := w.held()
	if declared != nil {
		s = append(s, declared)
	}
	assign := ":="
	if w.allNamed() {
		assign = "="
	}
	recalled := w.imported(loopPath, "retryloop", recall).Types(held).Call(w.ctx(), jen.Op("&").Id(key))
	s = append(s,
		jen.List(jen.Id(point), jen.Id(failed)).Op(":=").Add(recalled),
		jen.If(jen.Id(failed).Op("!=").Nil().Op("||").Id(point).Dot("Found")).Block(w.recalled(point, failed)...),
		w.results().Op(assign).Add(w.call(retries, w.passed(jen.Id(point).Dot("Context")))),
		jen.If(w.err().Op("==").Nil()).Block(w.record(point, held)...),
		jen.Return(w.results()),
	)
	return s
}

// held writes the type that holds all results but the error, with its declaration where it needs one.
func (w *wrapper) held() (held *jen.Statement, declared jen.Code) {
	results := w.fn.Sig.Results()
	switch results.Len() {
	case 1:
		return jen.Struct(), nil
	case 2:
		return w.typeOf(results.At(0).Type()), nil
	}
	var fields []jen.Code
	for i := range results.Len() - 1 {
		fields = append(fields, jen.Id(heldField(i)).Add(w.typeOf(results.At(i).Type())))
	}
	name := w.fresh("results")
	return jen.Id(name), jen.Type().Id(name).Struct(fields...)
}

func heldField(i int) string { return "Result" + strconv.Itoa(i+1) }

// recalled returns what was found, or why it could not be looked up.
func (w *wrapper) recalled(point, failed string) []jen.Code {
	var values []jen.Code
	for i := range len(w.locals) - 1 {
		v := jen.Id(point).Dot("Results")
		if len(w.locals) > 2 {
			v.Dot(heldField(i))
		}
		values = append(values, v)
	}
	copied, s := w.copied(values)
	return append(s, jen.Return(append(copied, jen.Id(failed))...))
}

// record keeps the results of a call that has succeeded.
func (w *wrapper) record(point string, held *jen.Statement) []jen.Code {
	var values []jen.Code
	for _, name := range w.locals[:len(w.locals)-1] {
		values = append(values, jen.Id(name))
	}
	copied, s := w.copied(values)
	arg := jen.Null()
	switch len(copied) {
	case 0:
		arg = jen.Struct().Values()
	case 1:
		arg.Add(copied[0])
	default:
		arg.Add(held.Clone()).Values(copied...)
	}
	return append(s, w.err().Op("=").Id(point).Dot("Record").Call(arg))
}

// newKey writes the beginning of a key.
func (w *wrapper) newKey(key, begin string) jen.Code {
	return jen.Id(key).Op(":=").Add(w.imported(loopPath, "retryloop", begin)).Call(w.ctx(), jen.Lit(w.fn.Task), long(w.fn.Shape()))
}

// long writes a string over as many lines as it takes, cut where a field ends.
func long(text string) *jen.Statement {
	const width = 100
	s := jen.Null()
	for len(text) > width {
		at := strings.LastIndex(text[:width], "; ")
		if at < 0 {
			at = strings.Index(text, "; ")
		}
		if at < 0 {
			break
		}
		s.Lit(text[:at+2]).Op("+").Line()
		text = text[at+2:]
	}
	return s.Lit(text)
}

// outsideOfKeys notes what code for keys and copies is written with, besides what every body is.
func (w *wrapper) outsideOfKeys() {
	if w.fn.Checkpoint == nil && !w.fn.Flow {
		return
	}
	for _, name := range []string{"len", "clear", "bool", "int64", "uint64", "float32", "float64", "complex64", "complex128", "string", "error"} {
		w.scope[name] = true
	}
	for v := range w.fn.Sig.Results().Variables() {
		w.noteAll(v.Type())
	}
}

// noteAll notes the names that a type is written with, however deep, those that need no import.
func (w *wrapper) noteAll(t types.Type) {
	noteTypes(t, w.Types, w.scope)
	switch t := t.(type) {
	case *types.Basic:
		w.scope[t.Name()] = true
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			w.noteAll(arg)
		}
	case *types.Alias:
		for arg := range t.TypeArgs().Types() {
			w.noteAll(arg)
		}
	case *types.Pointer:
		w.noteAll(t.Elem())
	case *types.Slice:
		w.noteAll(t.Elem())
	case *types.Array:
		w.noteLength(t)
		w.noteAll(t.Elem())
	case *types.Chan:
		w.noteAll(t.Elem())
	case *types.Map:
		w.noteAll(t.Key())
		w.noteAll(t.Elem())
	case *types.Signature:
		w.noteAll(t.Params())
		w.noteAll(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			w.noteAll(v.Type())
		}
	case *types.Struct:
		for field := range t.Fields() {
			w.noteAll(field.Type())
		}
	case *types.Interface:
		for method := range t.ExplicitMethods() {
			w.noteAll(method.Type())
		}
		for embedded := range t.EmbeddedTypes() {
			w.noteAll(embedded)
		}
	}
}

// noteLength notes the constants that the length of an array is written with.
func (w *wrapper) noteLength(t *types.Array) {
	expr := w.lengths[t]
	if expr == nil {
		return
	}
	ast.Inspect(expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			w.scope[id.Name] = true
		}
		return true
	})
}

// receiverParts adds the type arguments and the receiver to the key of a call.
func (w *wrapper) receiverParts(key string) []jen.Code {
	var s []jen.Code
	k := jen.Id(key)
	for _, name := range w.typeArguments() {
		s = append(s, w.imported(loopPath, "retryloop", "AddType").Types(name).Call(jen.Op("&").Id(key)))
	}
	if w.fn.Self == nil {
		return s
	}
	self := w.self()
	switch form, _ := values.FormOf(w.fn.Self, w.Types); {
	case form == values.KeyedForm:
		return append(s, k.Dot("Keyed").Call(self))
	case form == values.KeyedPointer:
		return append(s, k.Dot("Keyed").Call(jen.Op("&").Add(self)))
	case w.fn.Receiver == nil || w.fn.Receiver.Pointer:
		return append(s, k.Dot("Identity").Call(self))
	case values.Told(w.fn.Self, w.Types):
		return append(s, w.keyOf(keyVariable(key), self, w.fn.Self)...)
	}
	return s // a flow, whose receiver need not be told apart
}

// typeArguments lists the type parameters of the function, its receiver or the interface.
func (w *wrapper) typeArguments() []jen.Code {
	if names := w.typeNames(w.fn.Sig.TypeParams()); len(names) > 0 {
		return names
	}
	if w.fn.Receiver != nil {
		var names []jen.Code
		for _, name := range w.fn.Receiver.TypeParams {
			if name != "_" {
				names = append(names, jen.Id(name))
			}
		}
		return names
	}
	if named, ok := w.fn.Self.(*types.Named); ok {
		return w.typeNames(named.TypeParams())
	}
	return nil
}
