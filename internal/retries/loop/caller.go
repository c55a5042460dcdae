package loop

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Contexts returns the contexts that the loop uses and that outlive its rounds: variables, fields, as c.ctx, what variables
// return, as r.Context(), and those that end an attempt: of a request or a stream that it works on, and of a field that the
// method uses which it calls.
func (l *Loop) Contexts() []ast.Expr {
	var found []ast.Expr
	look := func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if ok && l.holdsContext(e) {
			found = append(found, e)
			return false
		}
		return true
	}
	for _, n := range l.code() {
		ast.Inspect(n, look)
	}
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			if call, ok := op.(*ast.CallExpr); ok {
				found = append(found, l.behind(call)...)
			}
		}
	}
	if len(l.Judges) == 0 {
		for _, call := range l.Calls() {
			found = append(found, l.ofParameters(call)...)
		}
	}
	return found
}

// code returns the code of the loop: its statement, with what it does before it ends, or the blocks that a goto goes through.
func (l *Loop) code() []ast.Node {
	if l.Body != nil {
		return []ast.Node{l.Stmt}
	}
	var list []ast.Node
	for _, b := range l.flow.blocks {
		list = append(list, b.nodes...)
		if b.branch != nil && b.branch.cond != nil {
			list = append(list, b.branch.cond)
		}
	}
	return list
}

// holdsContext reports whether an expression is a context that outlives the rounds of the loop.
func (l *Loop) holdsContext(e ast.Expr) bool {
	if !syntax.IsContext(l.flow.info.TypeOf(e)) {
		return false
	}
	if v := l.outside(e); v == nil || syntax.IsContext(v.Type()) {
		return v != nil && !l.Replaces(v)
	}
	return l.lasting(e) != nil
}

// outside returns the variable of a function from outside of the loop that an expression is, or is got from by fields and by
// methods without arguments: c.Request().Context(). It is nil for any other expression.
func (l *Loop) outside(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := l.flow.info.ObjectOf(x).(*types.Var)
			if !ok || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() || l.Contains(v.Pos()) {
				return nil
			}
			return v
		case *ast.SelectorExpr:
			if l.flow.info.Selections[x] == nil {
				return nil
			}
			e = x.X
		case *ast.CallExpr:
			if len(x.Args) > 0 {
				return nil
			}
			e = x.Fun
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// lasting returns what outside returns, but for a variable that the loop sets.
func (l *Loop) lasting(e ast.Expr) *types.Var {
	v := l.outside(e)
	if v != nil && len(l.flow.set[variable{object: v}]) > 0 {
		return nil
	}
	return v
}

// behind returns the contexts that end an operation which is not passed them.
func (l *Loop) behind(call *ast.CallExpr) []ast.Expr {
	var list []ast.Expr
	if self := receiver(call); self != nil && l.lasting(self) != nil {
		fn := syntax.Callee(l.flow.info, call)
		if fields := l.flow.receiverContext(fn); fields != "" {
			list = append(list, selecting(self, fields))
		}
	}
	return append(list, l.ofParameters(call)...)
}

// ofParameters returns the contexts of the requests and streams that are parameters and that a call works on.
func (l *Loop) ofParameters(call *ast.CallExpr) []ast.Expr {
	var list []ast.Expr
	if self := receiver(call); self != nil && l.lasting(self) != nil {
		if isStream(l.flow.info.TypeOf(self)) && l.flow.isParameter(l.outside(self)) {
			list = append(list, contextOf(self))
		}
	}
	for _, arg := range call.Args {
		v := l.outside(arg)
		if v == nil || !l.flow.isParameter(v) {
			continue // a request that is made here has the context that it was made with
		}
		t := l.flow.info.TypeOf(arg)
		if isRequest(t) || isStream(t) {
			list = append(list, contextOf(arg))
		} else if f := contextIn(v, t); f != nil && syntax.ContextArg(l.flow.info, call) == nil {
			list = append(list, selecting(arg, f.Name()))
		}
	}
	return list
}

// contextIn returns the field of a variable with a type that holds the context of what it is passed to, nil if there is none that
// can be named: info.Context.
func contextIn(v *types.Var, t types.Type) *types.Var {
	f := syntax.ContextField(t)
	if f == nil || !strings.EqualFold(f.Name(), "context") && !strings.EqualFold(f.Name(), "ctx") {
		return nil
	}
	if !f.Exported() && f.Pkg() != v.Pkg() {
		return nil
	}
	return f
}

// contextOf returns e.Context().
func contextOf(e ast.Expr) ast.Expr {
	return &ast.CallExpr{Fun: &ast.SelectorExpr{X: e, Sel: ast.NewIdent("Context")}}
}

// selecting returns e with the names of fields behind it: .config.ctx.
func selecting(e ast.Expr, fields string) ast.Expr {
	for name := range strings.SplitSeq(strings.TrimPrefix(fields, "."), ".") {
		e = &ast.SelectorExpr{X: e, Sel: ast.NewIdent(name)}
	}
	return e
}

// isRequest reports whether a type is a request with a context, as those of net/http and of libraries around it.
func isRequest(t types.Type) bool {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		named, ok := types.Unalias(pointer.Elem()).(*types.Named)
		return ok && strings.HasSuffix(named.Obj().Name(), "Request") && returnsContext(t)
	}
	return false
}

// returnsContext reports whether a type has a method Context that returns one.
func returnsContext(t types.Type) bool {
	method, _, _ := types.LookupFieldOrMethod(t, true, nil, "Context")
	fn, ok := method.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 &&
		syntax.IsContext(fn.Signature().Results().At(0).Type())
}

// isStream reports whether a type is a stream of messages with a context, as that of a gRPC call.
func isStream(t types.Type) bool {
	if t == nil || !returnsContext(t) {
		return false
	}
	for _, name := range []string{"Send", "Recv", "SendMsg", "RecvMsg"} {
		if method, _, _ := types.LookupFieldOrMethod(t, true, nil, name); method != nil {
			return true
		}
	}
	return false
}

// isParameter reports whether a variable is a parameter of the function around the loop, but not its receiver.
func (f *function) isParameter(v *types.Var) bool {
	signature, _ := syntax.FuncParts(f.node)
	return signature.Params != nil && signature.Params.Pos() <= v.Pos() && v.Pos() < signature.Params.End()
}

// receiverContext returns the fields that lead from a method's receiver to a context that the method uses: ".ctx". It is ""
// if there is none, or if the function is another package's.
func (m *Model) receiverContext(fn *types.Func) string {
	if fn == nil {
		return ""
	}
	fn = fn.Origin()
	if known, ok := m.contexts[fn]; ok {
		return known
	}
	m.contexts[fn] = "" // a method that calls itself knows nothing
	decl := m.bodies[fn]
	if decl == nil || fn.Signature().Recv() == nil {
		return ""
	}
	self := variable{object: fn.Signature().Recv()}
	found := ""
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		e, ok := n.(ast.Expr)
		if !ok || found != "" {
			return
		}
		if call, ok := e.(*ast.CallExpr); ok {
			found = m.passedOn(call, self)
		} else if v, ok := variableOf(m.pass.TypesInfo, e); ok && v.object == self.object && syntax.IsContext(m.pass.TypesInfo.TypeOf(e)) {
			found = v.fields
		}
	})
	m.contexts[fn] = found
	return found
}

// passedOn returns the fields that lead to a context in a method which is called on the receiver itself.
func (m *Model) passedOn(call *ast.CallExpr, self variable) string {
	v, ok := variableOf(m.pass.TypesInfo, orNil(receiver(call)))
	fn := syntax.Callee(m.pass.TypesInfo, call)
	if !ok || v != self {
		return ""
	}
	return m.receiverContext(fn)
}
