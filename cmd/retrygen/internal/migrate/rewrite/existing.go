package rewrite

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/syntax"
)

// existing puts the directive above the function that an attempt calls, if that is all it does.
func (d *draft) existing() string {
	if d.postponed() {
		return postponed
	}
	fun, args, call := d.onlyCall()
	if fun == nil {
		return "an attempt does more than to call one function"
	}
	fn, _ := d.Info.Uses[nameOf(fun)].(*types.Func)
	if fn == nil || fn.Pkg() != d.Types || fn.Signature().Variadic() && call != nil && call.Ellipsis.IsValid() {
		return "the function that an attempt calls is not one of this package"
	}
	decl := d.Body(fn)
	if decl != nil && d.Builds(d.File(decl.Pos())) != d.Builds(d.file) {
		return "the function that an attempt calls is not part of the same builds"
	}
	if decl == nil || d.above[decl] || hasDirective(decl.Doc) {
		return "the function that an attempt calls cannot have this directive"
	}
	if why := d.fitsCall(fn, decl, fun, args); why != "" {
		return why
	}
	if !types.Identical(tupleOf(d.results), fn.Signature().Results()) {
		return "the function that an attempt calls has other results"
	}
	d.lifted = true
	d.nameResults(decl)
	options, why := d.policy()
	if why == "" && len(d.params) > 0 {
		why = "the policy takes values that the function does not know"
	}
	if why != "" {
		return why
	}
	d.first(d.hasContext(decl))
	d.responses(nil)
	d.annotate(decl, options)
	d.wrapper = d.Source(fun) + "WithRetry"
	d.names = append(d.names, fn.Name()+"WithRetry")
	d.callWrapper(d.wrapper, d.wrapperArgs(fn, args))
	return ""
}

// fitsCall says why a call in the place of the retries would be another call than that of each attempt, "" if it is the same.
func (d *draft) fitsCall(fn *types.Func, decl *ast.FuncDecl, fun ast.Expr, args []ast.Expr) string {
	if d.taken(fn.Name()+"WithRetry") || output.SourceOf(d.Fset.Position(decl.Pos()).Filename) != "" {
		return fn.Name() + "WithRetry exists already"
	}
	if sel, ok := ast.Unparen(fun).(*ast.SelectorExpr); ok {
		id, path := selection(d.Info, sel.X)
		if id == nil || path != "" || fn.Signature().Recv() == nil || !d.fixed(id) {
			return "the receiver of the call is not a variable that stays the same"
		}
		if recv := d.receiverOf(d.decl); recv != nil && d.Info.Uses[id] == recv && types.Identical(recv.Type(), fn.Signature().Recv().Type()) {
			d.self = recv
		}
	}
	for i, a := range args {
		if syntax.IsFreshContext(d.Info, a) && i < fn.Signature().Params().Len() && syntax.IsContext(fn.Signature().Params().At(i).Type()) {
			continue
		}
		if id, ok := ast.Unparen(a).(*ast.Ident); (!ok || !d.fixed(id)) && d.Info.Types[a].Value == nil && !d.Info.Types[a].IsNil() {
			return "an argument of the call is computed for each attempt"
		}
	}
	for v := range fn.Signature().Params().Variables() {
		if syntax.IsNamed(v.Type(), "net/http", "*Request") {
			return "the wrapper would copy the request for each attempt"
		}
	}
	return d.fitsContext(fn, args)
}

// fitsContext compares the context of the retries with that of the call.
func (d *draft) fitsContext(fn *types.Func, args []ast.Expr) string {
	for i := range min(len(args), fn.Signature().Params().Len()) {
		if !syntax.IsContext(fn.Signature().Params().At(i).Type()) {
			continue
		}
		own := d.literalContext()
		id, _ := ast.Unparen(args[i]).(*ast.Ident)
		switch {
		case own != nil && id != nil && d.Info.Uses[id] == own:
		case d.site.Context != nil && d.Source(d.site.Context) != d.Source(args[i]):
			return "the retries and the attempts have different contexts"
		}
		return ""
	}
	return ""
}

// fixed reports whether an identifier means the same in each attempt.
func (d *draft) fixed(id *ast.Ident) bool {
	v, ok := d.Info.Uses[id].(*types.Var)
	if !ok {
		return d.Info.Uses[id] != nil // a function, a constant, nil
	}
	if v.Parent() == d.Types.Scope() {
		return false
	}
	for _, c := range d.captured {
		if c.v == v {
			return !c.shared && !c.writes
		}
	}
	return v == d.literalContext()
}

// receiverOf returns the receiver of a method, nil for none or one without a name.
func (d *draft) receiverOf(decl *ast.FuncDecl) *types.Var {
	if decl == nil || decl.Recv == nil || len(decl.Recv.List) != 1 || len(decl.Recv.List[0].Names) != 1 {
		return nil
	}
	v, _ := d.Info.Defs[decl.Recv.List[0].Names[0]].(*types.Var)
	return v
}

// annotate adds a directive to the doc comment of a function.
func (d *draft) annotate(decl *ast.FuncDecl, options []string) {
	d.directive, d.annotated = d.line(options), decl
	text := d.directive + "\n"
	if doc := decl.Doc; doc != nil && !isDirective(doc.List[len(doc.List)-1].Text) {
		text = "//\n" + text
	}
	d.replace(decl.Type.Pos(), decl.Type.Pos(), text)
	file := d.File(decl.Pos())
	recv := ""
	if decl.Recv != nil {
		recv = d.Source(decl.Recv) + " "
	}
	params := strings.TrimSuffix(strings.TrimPrefix(d.Source(decl.Type.Params), "("), ")")
	if !d.hasContext(decl) {
		params = strings.TrimSuffix(stubContext+".Context, "+anonymous(d, decl.Type.Params), ", ")
	}
	typeParams, results := "", ""
	if decl.Type.TypeParams != nil {
		typeParams = d.Source(decl.Type.TypeParams)
	}
	if decl.Type.Results != nil {
		results = d.Source(decl.Type.Results)
	}
	d.stub(file, "func %s%sWithRetry%s(%s) %s { panic(0) }", recv, decl.Name.Name, typeParams, params, results)
}

// anonymous writes the types of parameters.
func anonymous(d *draft, list *ast.FieldList) string {
	var out []string
	for _, f := range list.List {
		for range max(len(f.Names), 1) {
			out = append(out, d.Source(f.Type))
		}
	}
	return strings.Join(out, ", ")
}

func isDirective(comment string) bool {
	_, ok := ast.ParseDirective(0, comment)
	return ok
}

// hasContext reports whether a function has a context for its wrapper.
func (d *draft) hasContext(decl *ast.FuncDecl) bool {
	fn, _ := d.Info.Defs[decl.Name].(*types.Func)
	for v := range fn.Signature().Params().Variables() {
		if syntax.CarriesContext(v.Type()) {
			return true
		}
	}
	return false
}

// wrapperArgs writes the arguments of the wrapper: those of the call, with the context of the retries, or one more.
func (d *draft) wrapperArgs(fn *types.Func, args []ast.Expr) []string {
	var list []string
	seen := false
	own := d.literalContext()
	for i, a := range args {
		text := d.Source(a)
		if i < fn.Signature().Params().Len() && syntax.IsContext(fn.Signature().Params().At(i).Type()) {
			if id, ok := ast.Unparen(a).(*ast.Ident); ok && own != nil && d.Info.Uses[id] == own {
				text = d.Source(d.site.Context)
			} else if !seen && d.site.Context == nil {
				text = cmp.Or(d.context(), text)
			}
			seen = true
		}
		list = append(list, text)
	}
	if !seen {
		list = append([]string{d.context()}, list...)
	}
	return list
}

// callWrapper writes the call of a wrapper in place of a site whose work assigns nothing, or of a loop.
func (d *draft) callWrapper(wrapper string, args []string) {
	call := fmt.Sprintf("%s(%s)", wrapper, strings.Join(args, ", "))
	d.clear()
	if s := d.site.Work.Defined; s != nil {
		d.replace(s.Pos(), s.End(), "")
	}
	if d.site.Call != nil {
		d.replace(d.site.Call.Pos(), d.site.Call.End(), call)
		return
	}
	d.bindLoop(call)
}
