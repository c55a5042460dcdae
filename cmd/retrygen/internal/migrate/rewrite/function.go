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
	if d.site.Work.Func != nil && !d.configured() {
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
	d.declare(name, ctx, results, stub, d.body(outs))
	d.wrapper = name + "WithRetry"
	if d.self != nil {
		d.wrapper = d.self.Name() + "." + d.wrapper
	}
	return d.call(outs, ctx)
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

// outs lists the variables that the work assigns for the code behind it. The reason says why they cannot be results.
func (d *draft) outs() (list []*captured, reason string) {
	err := d.errorVar()
	for _, c := range d.captured {
		switch {
		case c.shared:
			return nil, c.v.Name() + " is shared with the code around"
		case !c.writes || c.v == err:
		case !d.assignedFirst(c.v):
			return nil, c.v.Name() + " keeps its value from one attempt to the next"
		default:
			list = append(list, c)
		}
	}
	return list, ""
}

// errorVar returns the variable outside of the work that gets the error of the call anyway, nil if there is none.
func (d *draft) errorVar() *types.Var {
	var e ast.Expr
	if d.site.Call == nil {
		e = d.site.Work.Err
	} else if assign, ok := d.statement().(*ast.AssignStmt); ok && len(assign.Rhs) == 1 && ast.Unparen(assign.Rhs[0]) == d.site.Call {
		e = assign.Lhs[len(assign.Lhs)-1]
	}
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := d.Info.ObjectOf(id).(*types.Var); ok {
			for _, c := range d.captured {
				if c.v == v {
					return v
				}
			}
		}
	}
	return nil
}

// statement returns the statement around the call of the library, nil at package level.
func (d *draft) statement() ast.Stmt {
	path := d.Path(d.site.Call)
	for i := len(path) - 1; i >= 0; i-- {
		if s, ok := path[i].(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// assignedFirst reports whether the work assigns a variable before it reads it and before it can end.
func (d *draft) assignedFirst(v *types.Var) bool {
	list := d.site.Work.Block
	if lit := d.site.Work.Lit; lit != nil {
		list = lit.Body.List
	}
	for _, s := range list {
		stmt := s
		if branch, ok := s.(*ast.IfStmt); ok && branch.Init != nil {
			stmt = branch.Init
		}
		if assign, ok := stmt.(*ast.AssignStmt); ok && assign.Tok == token.ASSIGN {
			read, set := false, false
			for _, e := range assign.Rhs {
				read = read || mentions(d.Info, e, v)
			}
			for _, e := range assign.Lhs {
				id, ok := ast.Unparen(e).(*ast.Ident)
				set = set || ok && d.Info.Uses[id] == v
			}
			if set || read {
				return set && !read
			}
		}
		if mentions(d.Info, s, v) || ends(s) {
			return false
		}
	}
	return false
}

// ends reports whether a statement has a return or a jump of its own.
func ends(s ast.Stmt) bool {
	found := false
	syntax.InspectOwn(s, func(n ast.Node) {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		}
	})
	return found
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
			uses = uses || mentions(d.Info, e, recv)
		}
		if o.Hook != nil && o.Hook.Func != nil {
			uses = uses || mentions(d.Info, o.Hook.Func, recv)
		}
		if o.Hook != nil {
			for _, n := range o.Hook.Parts {
				uses = uses || mentions(d.Info, n, recv)
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

// resultText writes the results of the new function, and those of its wrapper.
func (d *draft) resultText(outs []*captured) (own, stub, reason string) {
	var names, list []string
	named := len(outs) > 0
	for _, o := range outs {
		typ, ok := d.typeText(o.v.Type())
		if !ok {
			return "", "", "the type of " + o.v.Name() + " has no name outside of the function"
		}
		names, list = append(names, o.v.Name()), append(list, typ)
	}
	for _, t := range d.results {
		typ, ok := d.typeText(t)
		if !ok {
			return "", "", "the type of a result has no name outside of the function"
		}
		names, list = append(names, "_"), append(list, typ)
	}
	if v := d.errorVar(); v != nil && d.writes(v) && (named || d.returned() == nil) {
		names[len(names)-1], named = v.Name(), true
	}
	if lit := d.site.Work.Lit; lit != nil && lit.Type.Results != nil && len(lit.Type.Results.List[0].Names) > 0 {
		if named {
			return "", "", "the results of the closure have names"
		}
		return d.text(lit.Type.Results.Pos(), lit.Type.Results.End(), d.site.Work.Patches), "(" + strings.Join(list, ", ") + ")", ""
	}
	stub = "(" + strings.Join(list, ", ") + ")"
	switch {
	case named:
		for i := range list {
			list[i] = names[i] + " " + list[i]
		}
		return "(" + strings.Join(list, ", ") + ")", stub, ""
	case len(list) == 1:
		return list[0], stub, ""
	}
	return stub, stub, ""
}

func (d *draft) writes(v *types.Var) bool {
	for _, c := range d.captured {
		if c.v == v {
			return c.writes
		}
	}
	return false
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
		return "return " + d.Source(w.Func) + "(" + d.literalArgs() + ")"
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
	if _, ok := last.(*ast.ReturnStmt); ok {
		return text
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

// call writes the call of the new function's wrapper.
func (d *draft) call(outs []*captured, ctx string) string {
	args := []string{d.context()}
	for _, p := range d.params {
		args = append(args, p.arg)
	}
	if len(outs) == 0 || d.site.Call == nil {
		d.callWrapper(d.wrapper, args)
		return ""
	}
	call := fmt.Sprintf("%s(%s)", d.wrapper, strings.Join(args, ", "))
	d.clear()
	if s := d.site.Work.Defined; s != nil {
		d.replace(s.Pos(), s.End(), "")
	}
	return d.bindCall(outs, call)
}

// bindCall has a statement with the call of a library assign more results.
func (d *draft) bindCall(outs []*captured, call string) string {
	var names []string
	for _, o := range outs {
		names = append(names, o.v.Name())
	}
	switch s := d.statement().(type) {
	case *ast.ExprStmt:
		if s.X == d.site.Call {
			d.replace(s.Pos(), s.End(), strings.Join(names, ", ")+strings.Repeat(", _", len(d.results))+" = "+call)
			return ""
		}
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || ast.Unparen(s.Rhs[0]) != d.site.Call {
			break
		}
		if s.Tok == token.DEFINE {
			scope := d.scopeBefore(s.Pos())
			for _, o := range outs {
				if o.v.Parent() != scope {
					return "a result of the new function is a variable of another scope"
				}
			}
		}
		d.replace(s.Lhs[0].Pos(), s.Lhs[0].Pos(), strings.Join(names, ", ")+", ")
		d.replace(d.site.Call.Pos(), d.site.Call.End(), call)
		return ""
	}
	return "the work assigns variables, and the call does not stand in an assignment"
}

// scopeBefore returns the scope that a statement stands in.
func (d *draft) scopeBefore(pos token.Pos) *types.Scope { return d.Types.Scope().Innermost(pos - 1) }

// declaredInStmts reports whether one of the replaced statements itself declares a variable.
func (d *draft) declaredInStmts(v *types.Var) bool {
	for _, s := range d.site.Stmts {
		if decl, ok := s.(*ast.DeclStmt); ok && decl.Pos() <= v.Pos() && v.Pos() < decl.End() {
			return true
		}
	}
	return false
}

// bindLoop writes the statements that replace a loop.
func (d *draft) bindLoop(call string) {
	s := d.site
	from, to := s.Stmts[0].Pos(), s.Stmts[len(s.Stmts)-1].End()
	if s.Return {
		d.replace(from, to, "return "+call)
		return
	}
	text := d.assignment(from, call)
	if rest, ok := strings.CutPrefix(s.Tail, "if "); ok && s.Inline && !strings.Contains(text, "\n") {
		d.replace(from, to, "if "+text+"; "+rest)
		return
	}
	if s.Tail != "" {
		text += "\n" + s.Tail
	}
	d.replace(from, to, text)
}

// assignment assigns the results of a call to the variables that a loop has assigned.
func (d *draft) assignment(pos token.Pos, call string) string {
	var names, fresh, existing []string
	sameScope := true
	scope := d.scopeBefore(pos)
	add := func(v *types.Var) {
		names = append(names, v.Name())
		inside := false
		for _, n := range d.region() {
			inside = inside || n.Pos() <= v.Pos() && v.Pos() < n.End()
		}
		if inside || d.declaredInStmts(v) {
			typ := types.TypeString(v.Type(), types.RelativeTo(d.Types))
			if text, ok := d.typeText(v.Type()); ok {
				typ = text
			}
			fresh = append(fresh, "var "+v.Name()+" "+typ+"\n")
			return
		}
		existing = append(existing, v.Name())
		sameScope = sameScope && v.Parent() == scope
	}
	if d.lifted {
		outs, _ := d.outs()
		for _, o := range outs {
			add(o.v)
		}
	}
	for _, y := range d.site.Work.Yields {
		add(y)
	}
	if id, ok := d.site.Work.Err.(*ast.Ident); ok {
		if v, ok := d.Info.ObjectOf(id).(*types.Var); ok {
			add(v)
		}
	} else {
		names, fresh = append(names, "err"), append(fresh, "var err error\n")
	}
	left := strings.Join(names, ", ")
	switch {
	case len(fresh) == 0:
		return left + " = " + call
	case len(existing) == 0 || sameScope:
		return left + " := " + call
	}
	return strings.Join(fresh, "") + left + " = " + call
}
