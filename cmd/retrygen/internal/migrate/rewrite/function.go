package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// A new function with more parameters or results than these reads worse than the closure did.
const (
	mostParams = 4
	mostOuts   = 2
)

// function makes a new function of the work.
func (d *draft) function() string {
	if d.decl == nil {
		return "it stands outside of a function"
	}
	if d.postponed() {
		return postponed
	}
	if d.site.Work.Func != nil && d.site.Work.Body == "" && !d.configured() {
		return "a new function would only call another one"
	}
	outs, why := d.outs()
	if why != "" {
		return why
	}
	d.lifted = true
	d.useReceiver()
	ctx, why := d.parameters(outs)
	if why != "" {
		return why
	}
	own := len(d.params)
	options, why := d.policy()
	if why != "" {
		return why
	}
	if own > mostParams && len(d.params) == own || len(d.params) > mostParams+2 || len(outs) > mostOuts {
		return "a new function would have too many parameters or results"
	}
	results, stub, why := d.resultText(outs)
	if why != "" {
		return why
	}
	d.first(ctx != "")
	d.responses(outs)
	name := d.choose(d.workName())
	d.directive = d.line(options)
	d.declare(name, ctx, results, stub, d.constants(d.region())+d.body(outs))
	d.wrapper = name + "WithRetry"
	if d.self != nil {
		d.wrapper = d.self.Name() + "." + d.wrapper
	}
	return d.call(outs, ctx)
}

const postponed = "the call is made by go or defer, when variables may have changed"

// postponed reports whether the call of the library is that of a go or defer statement. The arguments of a wrapper would be
// evaluated too early.
func (d *draft) postponed() bool {
	if d.site.Call == nil {
		return false
	}
	switch s := d.statement().(type) {
	case *ast.GoStmt:
		return s.Call == d.site.Call
	case *ast.DeferStmt:
		return s.Call == d.site.Call
	}
	return false
}

// configured reports whether the policy takes values that only the function around knows.
func (d *draft) configured() bool {
	for _, o := range d.site.Policy {
		for _, e := range o.Operands {
			if o.Computed != "" || d.packageLevel(d.withoutConversion(o.Name, e)) == "" {
				return true
			}
		}
	}
	return false
}

// useReceiver makes the new function a method if the work or the policy uses the receiver of the function around.
func (d *draft) useReceiver() {
	recv := d.receiverOf(d.decl)
	if recv == nil {
		return
	}
	uses := false
	for _, c := range d.captured {
		uses = uses || c.v == recv
	}
	for _, o := range d.site.Policy {
		for _, e := range o.Operands {
			uses = uses || syntax.Mentions(d.Info, e, recv)
		}
		if o.Hook != nil && o.Hook.Func != nil {
			uses = uses || syntax.Mentions(d.Info, o.Hook.Func, recv)
		}
		if o.Hook != nil {
			for _, n := range o.Hook.Parts {
				uses = uses || syntax.Mentions(d.Info, n, recv)
			}
		}
	}
	if uses {
		d.self = recv
	}
}

// parameters makes parameters of what the work reads, and returns the name of the context among them, "" if there is none.
func (d *draft) parameters(outs []*captured) (ctx, reason string) {
	if own := d.literalContext(); own != nil {
		ctx = own.Name()
		if ctx == "" || ctx == "_" {
			ctx = "_"
		}
	}
	if d.site.Work.Func != nil && d.takesContext() {
		ctx = "ctx"
	}
	isOut := map[*types.Var]bool{d.errorVar(): true}
	for _, o := range outs {
		isOut[o.v] = true
	}
	for _, c := range d.captured {
		t := c.v.Type()
		switch {
		case c.v == d.self || isOut[c.v]:
		case syntax.IsContext(t) && ctx == "":
			ctx = c.v.Name()
			if d.site.Context != nil && d.Source(d.site.Context) != ctx {
				return "", "the retries and the attempts have different contexts"
			}
		case syntax.CarriesContext(t) || syntax.IsNamed(t, "net/http", "*Request"):
			return "", "a wrapper would treat the parameter " + c.v.Name() + " in its own way"
		default:
			if _, ok := d.typeText(t); !ok {
				return "", "the type of " + c.v.Name() + " has no name outside of the function"
			}
			d.addParam(c.v.Name(), t, c.v.Name(), c.v)
		}
	}
	return ctx, ""
}

// body writes the statements of the new function.
func (d *draft) body(outs []*captured) string {
	var names []string
	for _, o := range outs {
		names = append(names, o.v.Name())
	}
	w := d.site.Work
	switch {
	case w.Func != nil:
		return d.callFunc()
	case w.Lit != nil:
		patches := w.Patches
		if len(names) > 0 {
			syntax.InspectOwn(w.Lit.Body, func(n ast.Node) {
				if ret, ok := n.(*ast.ReturnStmt); ok {
					at := ret.Pos() + token.Pos(len("return"))
					patches = append(patches, site.Patch{Pos: at, End: at, Text: " " + strings.Join(names, ", ") + ","})
				}
			})
		}
		return strings.Trim(d.text(w.Lit.Body.Lbrace+1, w.Lit.Body.Rbrace, patches), "\r\n\t ")
	}
	return d.block(names)
}

// callFunc writes an attempt that calls a function value.
func (d *draft) callFunc() string {
	w := d.site.Work
	call := d.Source(w.Func) + "(" + d.literalArgs() + ")"
	if w.Body == "" {
		return "return " + call
	}
	return strings.ReplaceAll(w.Body, "%s", call)
}

// literalArgs writes the arguments of a function value that takes a context.
func (d *draft) literalArgs() string {
	sig, _ := d.Info.TypeOf(d.site.Work.Func).Underlying().(*types.Signature)
	if sig != nil && sig.Params().Len() == 1 {
		return "ctx"
	}
	return ""
}

// block writes the statements of a block as a function body that returns some variables first.
func (d *draft) block(names []string) string {
	w := d.site.Work
	if call := d.returned(); call != nil {
		return "return " + d.Source(call)
	}
	patches := append([]site.Patch(nil), w.Patches...)
	values := func(yields []string, err string) string {
		return "return " + strings.Join(append(append(append([]string(nil), names...), yields...), err), ", ")
	}
	var yields []string
	for _, y := range w.Yields {
		yields = append(yields, y.Name())
	}
	for _, e := range w.Exits {
		own := e.Yields
		if len(own) == 0 {
			own = yields
		}
		patches = append(patches, site.Patch{Pos: e.Stmt.Pos(), End: e.Stmt.End(), Text: values(own, e.Err)})
	}
	last := w.Block[len(w.Block)-1]
	text := d.text(w.Block[0].Pos(), last.End(), patches)
	if _, ok := last.(*ast.ReturnStmt); ok || w.Closed {
		return text
	}
	if w.Last != nil {
		return text + "\n" + values(w.Last.Yields, w.Last.Err)
	}
	err := "nil"
	if w.Err != nil {
		err = d.Source(w.Err)
	}
	return text + "\n" + values(yields, err)
}

// returned returns the call whose results a block returns as they are, if it does nothing else.
func (d *draft) returned() *ast.CallExpr {
	w := d.site.Work
	if w.Lit != nil || w.Func != nil || len(w.Patches) > 0 {
		return nil
	}
	results, wanted := d.results, d.wanted
	call := d.onlyAssigned()
	assigned := d.results
	d.results, d.wanted = results, wanted
	if call == nil {
		return nil
	}
	tuple, ok := d.Info.TypeOf(call).(*types.Tuple)
	if !ok {
		tuple = types.NewTuple(types.NewVar(0, nil, "", d.Info.TypeOf(call)))
	}
	if !types.Identical(tuple, tupleOf(assigned)) || !d.lifted && len(d.site.Work.Yields)+1 != tuple.Len() {
		return nil
	}
	return call
}

// declare writes the new function behind the one around the site.
func (d *draft) declare(name, ctx, results, stub, body string) {
	recv := ""
	if d.self != nil {
		recv = d.Source(d.decl.Recv) + " "
	}
	var params, types []string
	if ctx != "" {
		params, types = append(params, ctx+" "+d.pkg("context", "context")+".Context"), append(types, stubContext+".Context")
	} else {
		types = append(types, stubContext+".Context")
	}
	for _, p := range d.params {
		params, types = append(params, p.name+" "+p.typ), append(types, p.typ)
	}
	text := fmt.Sprintf("\n\n// %s is one attempt of %s.\n//\n%s\nfunc %s%s(%s) %s {\n%s\n}",
		name, d.decl.Name.Name, d.directive, recv, name, strings.Join(params, ", "), results, body)
	d.patches = append([]site.Patch{{Pos: d.decl.End(), End: d.decl.End(), Text: text}}, d.patches...)
	d.stub(d.file, "func %s%sWithRetry(%s) %s { panic(0) }", recv, name, strings.Join(types, ", "), stub)
}
