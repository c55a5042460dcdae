package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

func checkLibs(r *reporter) {
	if r.sites == nil {
		return // no library is in sight
	}
	r.multiplied("RL506", func(inner []chain.Link) bool { return !ours(inner) }, "the client retries by itself already")
	for cursor := range r.inspector().Root().Preorder((*ast.CallExpr)(nil), (*ast.CompositeLit)(nil)) {
		if r.generated[r.fileOf(cursor.Node().Pos())] {
			continue
		}
		switch n := cursor.Node().(type) {
		case *ast.CompositeLit:
			r.literal(n)
		case *ast.CallExpr:
			fn, _ := typeutil.Callee(r.TypesInfo, n).(*types.Func)
			if name, major := entry(fn); name != "" {
				r.libraryCall(cursor, &libCall{CallExpr: n, fn: fn, name: name, major: major, function: syntax.EnclosingFunc(cursor)})
			}
		}
	}
}

// libCall is a call of a library's retrying function.
type libCall struct {
	*ast.CallExpr
	fn       *types.Func
	name     string // of the library
	major    int
	function ast.Node // around the call; nil at package level
}

func (r *reporter) libraryCall(cursor inspector.Cursor, call *libCall) {
	if call.function == nil {
		return
	}
	r.unboundedLibrary(call)
	r.withoutContext(cursor, call)
	r.neverRetried(call)
	r.shared(call)
	for _, arg := range call.Args {
		if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
			r.consumed(call.function, lit.Body)
		}
	}
}

// literal is RL501.
func (r *reporter) literal(lit *ast.CompositeLit) {
	t := r.TypesInfo.TypeOf(lit)
	named, ok := types.Unalias(t).(*types.Named)
	if t == nil || !ok || named.Obj().Name() != "ExponentialBackOff" || named.Obj().Pkg() == nil {
		return
	}
	name, major := library(named.Obj().Pkg().Path())
	if name != "backoff" || named.Obj().Pkg() == r.Pkg {
		return
	}
	given := map[string]bool{}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			given[syntax.Text(kv.Key)] = true
		}
	}
	needed := []string{"InitialInterval", "Multiplier", "MaxInterval"}
	if major < 5 {
		needed = append(needed, "Stop", "Clock")
	}
	var missing []string
	for _, field := range needed {
		if !given[field] {
			missing = append(missing, field)
		}
	}
	if len(missing) == 0 {
		return
	}
	why := "its waits are 0 where they should grow"
	if !given["Stop"] && major < 5 {
		why = "without Stop it never stops"
	}
	f := finding{id: "RL501", pos: lit.Pos(), end: lit.End(), message: fmt.Sprintf("this literal leaves %s at zero: %s; begin with NewExponentialBackOff()", strings.Join(missing, ", "), why)}
	if len(lit.Elts) == 0 {
		if sel, ok := lit.Type.(*ast.SelectorExpr); ok {
			star := ""
			begin := lit.Pos()
			if src := r.sourceFrom(begin - 1); len(src) > 0 && src[0] == '&' {
				begin--
			} else {
				star = "*"
			}
			f.fix = replacing("Use the constructor", begin, lit.End(), star+syntax.Text(sel.X)+".NewExponentialBackOff()")
		}
	}
	r.report(f)
}

// unboundedLibrary is RL502.
func (r *reporter) unboundedLibrary(call *libCall) {
	if ctx := syntax.ContextArg(r.TypesInfo, call.CallExpr); ctx != nil {
		if given, _ := syntax.Deadline(r.TypesInfo, call.function, ctx); given {
			return
		}
	}
	endless, bounded := token.NoPos, false
	context := false
	visit := func(inner *ast.CallExpr, option *types.Func) {
		if other, _ := library(option.Pkg().Path()); other != call.name {
			return
		}
		n, isConstant := syntax.ConstantArg(r.TypesInfo, inner, 0)
		switch call.name + "." + option.Name() {
		case "avast.Attempts":
			if isConstant && n == 0 {
				endless = inner.Pos()
			} else {
				bounded = true
			}
		case "avast.UntilSucceeded":
			endless = inner.Pos()
		case "avast.Context":
			given, _ := syntax.Deadline(r.TypesInfo, call.function, inner.Args[0])
			context = context || given
		case "backoff.WithMaxElapsedTime":
			if isConstant && n == 0 {
				endless = inner.Pos()
			}
		case "backoff.WithMaxTries", "backoff.WithMaxRetries", "sethvargo.WithMaxRetries", "sethvargo.WithMaxDuration":
			bounded = true
		}
	}
	syntax.InspectArgumentCalls(r.TypesInfo, call.CallExpr, visit)
	backoff := r.backoffOf(call)
	if backoff != nil {
		r.followed(call.function, backoff, visit)
	}
	if call.name == "sethvargo" {
		switch {
		case bounded || backoff != nil && !r.inSight(call.function, backoff):
			return
		case call.fn.Name() == "Do" || call.fn.Name() == "DoValue" || call.fn.Name() == "Constant" || call.fn.Name() == "Exponential" || call.fn.Name() == "Fibonacci":
			endless = call.Pos()
		}
	}
	if endless == token.NoPos || bounded || context {
		return
	}
	advice := map[string]string{
		"avast": "give Attempts a number", "backoff": "give WithMaxTries a number, or WithMaxElapsedTime a duration",
		"sethvargo": "wrap its backoff with WithMaxRetries or WithMaxDuration",
	}[call.name]
	r.report(finding{id: "RL502", pos: endless, message: "nothing bounds these retries; " + advice})
}

// backoffOf gives the argument that is a backoff, nil where the library takes none.
func (r *reporter) backoffOf(call *libCall) ast.Expr {
	for _, arg := range call.Args {
		t := r.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		named, ok := types.Unalias(t).(*types.Named)
		if !ok || named.Obj().Pkg() == nil {
			continue
		}
		if name, _ := library(named.Obj().Pkg().Path()); name == call.name && strings.HasSuffix(strings.ToLower(named.Obj().Name()), "backoff") {
			return arg
		}
	}
	return nil
}

// followed goes through the calls that made a backoff variable, in sight.
func (r *reporter) followed(function ast.Node, backoff ast.Expr, visit func(*ast.CallExpr, *types.Func)) {
	id, ok := ast.Unparen(backoff).(*ast.Ident)
	if !ok {
		return
	}
	v := r.TypesInfo.Uses[id]
	ast.Inspect(function, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			return true
		}
		if left, ok := assign.Lhs[0].(*ast.Ident); ok && r.TypesInfo.ObjectOf(left) == v {
			ast.Inspect(assign.Rhs[0], func(n ast.Node) bool {
				if inner, ok := n.(*ast.CallExpr); ok {
					if fn, ok := typeutil.Callee(r.TypesInfo, inner).(*types.Func); ok && fn.Pkg() != nil {
						visit(inner, fn)
					}
				}
				return true
			})
		}
		return true
	})
}

// inSight reports whether a backoff is made where it can be seen: by calls in the argument, or assigned to a variable of
// the function by calls of the library.
func (r *reporter) inSight(function ast.Node, backoff ast.Expr) bool {
	if call, ok := ast.Unparen(backoff).(*ast.CallExpr); ok {
		fn, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
		if fn == nil || fn.Pkg() == nil {
			return false
		}
		name, _ := library(fn.Pkg().Path())
		return name != ""
	}
	seen := false
	r.followed(function, backoff, func(_ *ast.CallExpr, fn *types.Func) {
		if name, _ := library(fn.Pkg().Path()); name != "" {
			seen = true
		}
	})
	return seen
}

// withoutContext is RL503.
func (r *reporter) withoutContext(cursor inspector.Cursor, call *libCall) {
	ctx := r.contextAt(call.Pos())
	if ctx == "" {
		return
	}
	switch {
	case call.name == "avast" && call.fn.Signature().Recv() == nil:
		given := false
		syntax.InspectArgumentCalls(r.TypesInfo, call.CallExpr, func(_ *ast.CallExpr, option *types.Func) { given = given || option.Name() == "Context" })
		if given || call.Ellipsis.IsValid() || r.hasOptionVariable(call) {
			return
		}
		f := finding{id: "RL503", pos: call.Pos(), end: call.Fun.End(), message: fmt.Sprintf("%s is not given to the retries, which go on when it is done; add Context(%s)", ctx, ctx)}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && len(call.Args) > 0 {
			end := call.Args[len(call.Args)-1].End()
			f.fix = replacing("Give the context", end, end, fmt.Sprintf(", %s.Context(%s)", syntax.Text(sel.X), ctx))
		}
		r.report(f)
	case call.name == "backoff" && call.major < 5:
		backoff := r.backoffOf(call)
		if backoff == nil || !r.inSight(call.function, backoff) {
			return
		}
		given := false
		visit := func(_ *ast.CallExpr, fn *types.Func) { given = given || fn.Name() == "WithContext" }
		syntax.InspectArgumentCalls(r.TypesInfo, call.CallExpr, visit)
		r.followed(call.function, backoff, visit)
		if given {
			return
		}
		f := finding{id: "RL503", pos: call.Pos(), end: call.Fun.End(), message: fmt.Sprintf("%s is not given to the retries, which go on when it is done; wrap the backoff: WithContext(%s, %s)", ctx, syntax.Text(backoff), ctx)}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			f.fix = replacing("Give the context", backoff.Pos(), backoff.End(), fmt.Sprintf("%s.WithContext(%s, %s)", syntax.Text(sel.X), syntax.Text(backoff), ctx))
		}
		r.report(f)
	default:
		if arg := syntax.ContextArg(r.TypesInfo, call.CallExpr); arg != nil && syntax.IsFreshContext(r.TypesInfo, arg) {
			r.report(finding{id: "RL503", pos: arg.Pos(), end: arg.End(), message: fmt.Sprintf("%s is not given to the retries, which go on when it is done", ctx), fix: replacing("Use "+ctx, arg.Pos(), arg.End(), ctx)})
		}
	}
}

// hasOptionVariable reports whether an option comes from a variable or a function of somebody's own, which may be a
// context.
func (r *reporter) hasOptionVariable(call *libCall) bool {
	for _, arg := range call.Args[1:] {
		inner, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok {
			return true
		}
		fn, _ := typeutil.Callee(r.TypesInfo, inner).(*types.Func)
		if fn == nil || fn.Pkg() != call.fn.Pkg() {
			return true
		}
	}
	return false
}

// neverRetried is RL504.
func (r *reporter) neverRetried(call *libCall) {
	if call.name != "sethvargo" {
		return
	}
	for _, arg := range call.Args {
		lit, ok := ast.Unparen(arg).(*ast.FuncLit)
		if !ok {
			continue
		}
		marked, opaque := false, false
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				marked = marked || n.Name == "RetryableError"
			case *ast.ReturnStmt:
				opaque = opaque || r.mayMark(n)
			}
			return true
		})
		if !marked && !opaque {
			r.report(finding{id: "RL504", pos: call.Pos(), end: call.Fun.End(), message: "nothing is ever retried here: the function marks no error with RetryableError"})
		}
	}
}

// mayMark reports whether a return passes on the error of another function of this module, which may be marked there.
func (r *reporter) mayMark(ret *ast.ReturnStmt) bool {
	if len(ret.Results) == 0 {
		return true // a named result
	}
	found := false
	ast.Inspect(ret.Results[len(ret.Results)-1], func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
			found = found || fn == nil || fn.Pkg() != nil && !r.standard(fn.Pkg().Path())
		}
		return true
	})
	return found
}

// standard reports whether an import path is one of the standard library.
func (r *reporter) standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && !strings.HasPrefix(r.Pkg.Path()+"/", first+"/")
}

// shared is RL505: a backoff that keeps the state of a run, in a variable of the package or made outside the function
// literal that goroutines run.
func (r *reporter) shared(call *libCall) {
	if call.name != "backoff" && call.name != "sethvargo" {
		return
	}
	report := func(e ast.Expr) {
		r.reportf("RL505", e, "%s keeps the state of a run, and is shared by all calls of this function: one run begins where another ended; make a new one for each", syntax.Text(e))
	}
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				if v, ok := r.TypesInfo.Uses[n].(*types.Var); ok && v.Parent() == r.Pkg.Scope() && r.stateful(v.Type(), call.name) {
					report(n)
				}
			case *ast.SelectorExpr:
				if v, ok := r.TypesInfo.Uses[n.Sel].(*types.Var); ok && v.IsField() && r.stateful(v.Type(), call.name) {
					report(n)
					return false
				}
			}
			return true
		})
	}
}

// stateful reports whether a type is a backoff that counts: the exponential one of cenkalti, or any of sethvargo's.
func (r *reporter) stateful(t types.Type, library string) bool {
	if library == "sethvargo" {
		return syntax.IsNamed(t, "github.com/sethvargo/go-retry", "Backoff")
	}
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Name() != "ExponentialBackOff" {
		return false
	}
	path, _ := syntax.Unversioned(named.Obj().Pkg().Path())
	return path == "github.com/cenkalti/backoff"
}
