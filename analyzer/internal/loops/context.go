package loops

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// callersContext returns the context of the caller of a loop: a variable in scope, or a context that the loop uses and that is a
// field or what a method returns. It is "" if there is none, and if the loop uses one that has been made to outlive the caller's.
func callersContext(p *check.Pass, l *loop.Loop) (string, types.Object) {
	used := append(l.Contexts(), ofLiterals(p, l)...)
	if slices.ContainsFunc(used, func(ctx ast.Expr) bool { return isDetached(p, ctx) }) {
		return "", nil
	}
	if ctx, caller := p.ContextVar(l.Stmt.Pos()); ctx != "" && !l.Replaces(caller) && !belongsElsewhere(p, l, caller) {
		return unlessOfConnections(p, l, ctx, caller)
	}
	for _, ctx := range used {
		id, ok := ctx.(*ast.Ident)
		if !ok && (l.Sets(ctx) || ofOwnClient(p, ctx) || isNeverDone(p, ctx)) {
			continue // each attempt puts its own there, or nobody else ends it
		}
		if !ok {
			return syntax.Text(ctx), nil
		}
		if v := p.TypesInfo.ObjectOf(id); !p.NeverDone(v) && !belongsElsewhere(p, l, v) {
			return unlessOfConnections(p, l, id.Name, v)
		}
	}
	if len(l.Judges) == 0 || passesFresh(p, l) {
		return "", nil // what polls may do so for as long as its receiver lives
	}
	return receiversContext(p, l.Function), nil
}

// isNeverDone reports whether an expression is a field that only ever holds a context which never ends.
func isNeverDone(p *check.Pass, ctx ast.Expr) bool {
	field := selected(p, ctx)
	return field != nil && p.NeverDone(field)
}

// selected returns the field that a selector names, which may be none of the source; nil for anything else.
func selected(p *check.Pass, e ast.Expr) *types.Var {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	t := p.TypesInfo.TypeOf(sel.X)
	if outer := selected(p, sel.X); t == nil && outer != nil {
		t = outer.Type()
	}
	if t == nil {
		return nil
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, p.Pkg, sel.Sel.Name)
	field, _ := object.(*types.Var)
	return field
}

// ofLiterals returns the contexts that the function literals which a loop calls by name get from parameters: request.Context().
func ofLiterals(p *check.Pass, l *loop.Loop) []ast.Expr {
	var list []ast.Expr
	for _, lit := range calledLiterals(p, l.Stmt) {
		syntax.InspectOwn(lit.Body, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) > 0 || !syntax.IsContext(p.TypesInfo.TypeOf(call)) {
				return
			}
			root := syntax.Root(call.Fun)
			if root != nil && p.IsParameter(p.TypesInfo.ObjectOf(root)) && !syntax.Contains(lit, p.TypesInfo.ObjectOf(root).Pos()) {
				list = append(list, call)
			}
		})
	}
	return list
}

// ofOwnClient reports whether a context is that of something that the function makes without any: client.Ctx().
func ofOwnClient(p *check.Pass, ctx ast.Expr) bool {
	call, ok := ast.Unparen(ctx).(*ast.CallExpr)
	if !ok {
		return false
	}
	root := syntax.Root(call.Fun)
	if root == nil || !p.IsLocal(p.TypesInfo.ObjectOf(root)) {
		return false
	}
	list := assignments.Of(p)[p.TypesInfo.ObjectOf(root)]
	return len(list) > 0 && !slices.ContainsFunc(list, func(a assigned) bool {
		made, ok := ast.Unparen(a.source).(*ast.CallExpr)
		return !ok || slices.ContainsFunc(made.Args, func(arg ast.Expr) bool { return isGiven(p, arg) }) ||
			receiverMayCarry(p, made)
	})
}

// isGiven reports whether an argument may have a context: it is of such a type, and no literal that leaves it out.
func isGiven(p *check.Pass, arg ast.Expr) bool {
	lit, ok := ast.Unparen(arg).(*ast.CompositeLit)
	if !ok {
		return mayCarry(p.TypesInfo.TypeOf(arg))
	}
	return slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		return isGiven(p, e)
	})
}

// mayCarry reports whether values of a type are contexts, or may have one.
func mayCarry(t types.Type) bool {
	return t != nil && (syntax.CarriesContext(t) || syntax.ContextField(t) != nil || syntax.HasMethod(t, "Context"))
}

// receiverMayCarry reports whether what a method is called on may have a context.
func receiverMayCarry(p *check.Pass, call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && p.TypesInfo.Selections[sel] != nil && mayCarry(p.TypesInfo.TypeOf(sel.X))
}

// passesFresh reports whether a loop calls something with a context that never ends.
func passesFresh(p *check.Pass, l *loop.Loop) bool {
	return slices.ContainsFunc(l.Calls(), func(call *ast.CallExpr) bool {
		ctx := syntax.ContextArg(p.TypesInfo, call)
		return ctx != nil && syntax.IsFreshContext(p.TypesInfo, ctx)
	})
}

// wholeContext matches the names of contexts of all that an object does. Others may be those of a part.
var wholeContext = regexp.MustCompile(`(?i)^(clos(e|ed|ing)|stop|done|root|base|main|run|shutdown|life(time|cycle)?)?(ctx|context)$`)

// receiversContext returns the context that the receiver of the method around a piece of code holds in a field, "" if there is none.
func receiversContext(p *check.Pass, function ast.Node) string {
	decl, ok := p.Around(function.Pos()).Node().(*ast.FuncDecl)
	if !ok || decl.Recv == nil || len(decl.Recv.List[0].Names) == 0 {
		return ""
	}
	self := decl.Recv.List[0].Names[0]
	if field := syntax.ContextField(p.TypesInfo.TypeOf(self)); field != nil && wholeContext.MatchString(field.Name()) &&
		!p.NeverDone(field) {
		return self.Name + "." + field.Name()
	}
	return ""
}

// isDetached reports whether a context has been made with context.WithoutCancel.
func isDetached(p *check.Pass, ctx ast.Expr) bool {
	id, ok := ctx.(*ast.Ident)
	return ok && slices.ContainsFunc(assignments.Of(p)[p.TypesInfo.ObjectOf(id)], func(a assigned) bool {
		found := false
		if a.source != nil {
			ast.Inspect(a.source, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				found = found || ok && syntax.FullName(p.TypesInfo, call) == "context.WithoutCancel"
				return !found
			})
		}
		return found
	})
}

// madeFresh reports whether a context is made from one that never ends, as a limit for a single operation:
//
//	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
func madeFresh(p *check.Pass, ctx types.Object) bool {
	list := assignments.Of(p)[ctx]
	return len(list) > 0 && !slices.ContainsFunc(list, func(a assigned) bool {
		call, ok := ast.Unparen(a.source).(*ast.CallExpr)
		if !ok {
			return true
		}
		from := syntax.ContextArg(p.TypesInfo, call)
		return from == nil || !syntax.IsFreshContext(p.TypesInfo, from)
	})
}

// belongsElsewhere reports whether a context is not that of the loop's caller: it is another function's, and the loop, in a
// goroutine or a callback, does not use it.
func belongsElsewhere(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	if l.Function.Pos() <= ctx.Pos() && ctx.Pos() < l.Function.End() && p.IsParameter(ctx) {
		return false
	}
	_, body := syntax.FuncParts(l.Function)
	if awaitedElsewhere(p, l, ctx) {
		return true
	}
	if p.WaitsFor(l.Function, ctx) {
		return false
	}
	return !mentions(p, body, ctx) || p.IsLocal(ctx) && !uses(p, l, ctx)
}

// uses reports whether a loop mentions a context, asks for it before it ends, or calls a function literal by a name that mentions it.
func uses(p *check.Pass, l *loop.Loop, v types.Object) bool {
	return l.Uses(v) || l.Body != nil && asksFor(p, l.Body, v) || slices.ContainsFunc(calledLiterals(p, l.Stmt), func(lit *ast.FuncLit) bool {
		return syntax.Mentions(p.TypesInfo, lit, v)
	})
}

// asksFor reports whether code asks whether a context is done.
func asksFor(p *check.Pass, code ast.Node, v types.Object) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !found {
			ctx, _ := syntax.AskedContext(p.TypesInfo, call)
			id, ok := ctx.(*ast.Ident)
			found = ok && p.TypesInfo.Uses[id] == v
		}
		return !found
	})
	return found
}

// mentions reports whether code mentions a variable, by itself or in a function literal that it calls by the name of a variable.
func mentions(p *check.Pass, body ast.Node, v types.Object) bool {
	return syntax.Mentions(p.TypesInfo, body, v) || slices.ContainsFunc(calledLiterals(p, body), func(lit *ast.FuncLit) bool {
		return syntax.Mentions(p.TypesInfo, lit, v)
	})
}

// calledLiterals returns the function literals that code calls by the names of variables.
func calledLiterals(p *check.Pass, body ast.Node) []*ast.FuncLit {
	var list []*ast.FuncLit
	syntax.InspectOwn(body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		if !ok {
			return
		}
		for _, a := range assignments.Of(p)[p.TypesInfo.Uses[id]] {
			if lit, ok := a.value.(*ast.FuncLit); ok {
				list = append(list, lit)
			}
		}
	})
	return list
}

// awaitedElsewhere reports whether the function around the literal that holds a loop waits for the context itself, so that nobody
// waits for the loop. What the loop calls is no such place.
func awaitedElsewhere(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	lit, ok := l.Function.(*ast.FuncLit)
	if !ok {
		return false
	}
	own := append(calledLiterals(p, lit.Body), lit)
	return slices.ContainsFunc(doneOf.Of(p)[ctx], func(receive ast.Node) bool {
		return !slices.ContainsFunc(own, func(lit *ast.FuncLit) bool { return lit.Pos() <= receive.Pos() && receive.Pos() < lit.End() })
	})
}

// doneOf are the places where a package waits for a context: case <-ctx.Done() of a select with another case that is no default.
var doneOf = check.Share(func(p *check.Pass) map[types.Object][]ast.Node {
	list := map[types.Object][]ast.Node{}
	for cursor := range p.Inspector().Root().Preorder((*ast.SelectStmt)(nil)) {
		n := cursor.Node().(*ast.SelectStmt)
		if syntax.HasDefault(n) {
			continue
		}
		for _, clause := range n.Body.List {
			comm := clause.(*ast.CommClause)
			stmt, ok := comm.Comm.(*ast.ExprStmt)
			if !ok {
				continue
			}
			ast.Inspect(stmt.X, func(node ast.Node) bool {
				if sel, ok := node.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
					if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok {
						object := p.TypesInfo.Uses[id]
						list[object] = append(list[object], n)
					}
				}
				return true
			})
		}
	}
	return list
})
