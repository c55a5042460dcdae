package loops

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL403", rl403)

// rl403 finds requests and readers that are made outside of what is retried, and used up by its first attempt. A loop
// retries its body, a library the function that it is given.
func rl403(p *check.Pass) {
	s := &spending{Pass: p, Package: spent.Of(p.Pass), retried: retriedIn(p), byGotos: labelledCalls(p),
		conditions: map[ast.Node]map[types.Object]bool{}}
	uses := map[ast.Node][]use{} // by the function
	var order []ast.Node
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		function := syntax.EnclosingFunc(cursor)
		list := s.Uses(call)
		if len(list) == 0 || function == nil || p.Generated[p.FileOf(call.Pos())] {
			continue
		}
		if uses[function] == nil {
			order = append(order, function)
		}
		for _, u := range list {
			uses[function] = append(uses[function], use{Use: u, cursor: cursor})
		}
	}
	for _, function := range order {
		s.function(function, uses[function])
	}
}

// retriedIn returns what is retried in a package: the bodies of loops, and the functions that libraries are given.
func retriedIn(p *check.Pass) map[ast.Node]bool {
	retried := map[ast.Node]bool{}
	for _, l := range retryLoops.Of(p) {
		if l.Body != nil {
			retried[l.Body] = true
		}
	}
	for _, lit := range retriedLiterals.Of(p) {
		retried[lit] = true
	}
	return retried
}

// labelledCalls returns the calls between a label and a goto that tries again, with the innermost loop that this makes.
func labelledCalls(p *check.Pass) map[*ast.CallExpr]*loop.Loop {
	calls := map[*ast.CallExpr]*loop.Loop{}
	for _, l := range retryLoops.Of(p) {
		if l.Body != nil {
			continue
		}
		for _, call := range l.Calls() {
			calls[call] = l
		}
	}
	return calls
}

// byGoto returns the label before code that a goto repeats with a request from outside. Readers may be reset by what sends them.
func (f *spender) byGoto(u use) (repeated ast.Node, again bool) {
	l := f.byGotos[u.Call]
	if l == nil || !spent.IsRequest(u.source.Var.Type()) || l.Contains(u.source.Var.Pos()) {
		return nil, false
	}
	if f.freshIn(u.source, f.body, l.Stmt.Pos(), f.body.End()) {
		return nil, false
	}
	return l.Stmt, true
}

// single reports whether a type is that of a request or a reader, rather than of a struct which may hold one.
func single(t types.Type) bool { return spent.IsRequest(t) || spent.IsReader(t) }

// retriedLiterals are the function literals of a package that are passed to libraries and other functions to be retried.
var retriedLiterals = check.Share(func(p *check.Pass) []*ast.FuncLit {
	var list []*ast.FuncLit
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		list = append(list, retriedBy(p, cursor.Node().(*ast.CallExpr))...)
	}
	return list
})

// retriedBy returns the function literals that a call passes to be retried.
func retriedBy(p *check.Pass, call *ast.CallExpr) []*ast.FuncLit {
	var list []*ast.FuncLit
	callee := p.Callee(call)
	entry := isEntry(p, callee)
	for i, arg := range call.Args {
		lit := literalOf(p, arg)
		if lit != nil && (entry || tellsOutcome(p.TypesInfo.TypeOf(lit)) && p.Retries(callee, i)) {
			list = append(list, lit)
		}
	}
	return list
}

// isEntry reports whether a function is one of a library that retries what it is given, in a package that has to do with retries.
func isEntry(p *check.Pass, fn *types.Func) bool {
	name, _ := library.Entry(fn)
	return name != "" && p.Followed()
}

// literalOf returns the function literal that an argument is, or that its variable holds.
func literalOf(p *check.Pass, arg ast.Expr) *ast.FuncLit {
	arg = ast.Unparen(arg)
	if id, ok := arg.(*ast.Ident); ok {
		for _, a := range assignments.Of(p)[p.TypesInfo.Uses[id]] {
			if a.value != nil {
				arg = ast.Unparen(a.value)
			}
		}
	}
	lit, _ := arg.(*ast.FuncLit)
	return lit
}

// callers are what the functions of a package are given as their first request, and by whom: those that are called by name, and
// those that are called by way of a variable, by their signature.
type callers struct {
	named  map[*types.Func][]given
	valued map[string][]given
}

// of returns the calls of a function. One that nobody calls by name is called as a value.
func (c callers) of(fn *types.Func) []given {
	if list := c.named[fn]; len(list) > 0 {
		return list
	}
	return c.valued[shape(fn.Signature())]
}

// shape writes a signature without the names of parameters.
func shape(sig *types.Signature) string {
	return types.TypeString(types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), sig.Variadic()), nil)
}

func unnamed(t *types.Tuple) *types.Tuple {
	var list []*types.Var
	for v := range t.Variables() {
		list = append(list, types.NewParam(v.Pos(), v.Pkg(), "", v.Type()))
	}
	return types.NewTuple(list...)
}

// callersOf finds the callers of a package's functions.
var callersOf = check.Share(func(p *check.Pass) callers {
	c := callers{map[*types.Func][]given{}, map[string][]given{}}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		at := slices.IndexFunc(call.Args, func(arg ast.Expr) bool { return spent.IsRequest(p.TypesInfo.TypeOf(arg)) })
		if at < 0 {
			continue
		}
		g := given{call.Args[at], cursor}
		callee := syntax.Callee(p.TypesInfo, call)
		if callee != nil && callee.Pkg() == p.Pkg {
			c.named[callee.Origin()] = append(c.named[callee.Origin()], g)
		} else if sig, ok := p.TypesInfo.TypeOf(call.Fun).(*types.Signature); ok && callee == nil {
			c.valued[shape(sig)] = append(c.valued[shape(sig)], g)
		}
	}
	return c
})

// given is the argument of a call.
type given struct {
	arg    ast.Expr
	cursor inspector.Cursor
}
