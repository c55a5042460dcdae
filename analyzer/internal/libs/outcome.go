package libs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// outcomes are how a function ends, as far as its return statements tell.
type outcomes struct {
	*check.Pass
	body    *ast.BlockStmt
	returns []*ast.ReturnStmt
	failed  map[*ast.ReturnStmt]map[any]bool // the errors that are not nil at a return statement: variables, or the texts of calls
}

// outcomesOf returns how a function ends, nil if it has no return statement with values: of named results nothing is known.
func outcomesOf(p *check.Pass, body *ast.BlockStmt) *outcomes {
	o := &outcomes{Pass: p, body: body, failed: map[*ast.ReturnStmt]map[any]bool{}}
	named := false
	syntax.InspectOwn(body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			o.returns = append(o.returns, n)
			named = named || len(n.Results) == 0
		case *ast.IfStmt:
			o.branch(n)
		case *ast.BlockStmt:
			o.past(n.List)
		}
	})
	if named || len(o.returns) == 0 {
		return nil
	}
	return o
}

// branch records the errors that are not nil in a branch.
func (o *outcomes) branch(n *ast.IfStmt) {
	for _, term := range conjuncts(n.Cond) {
		tested := syntax.ErrorTest(o.TypesInfo, term, token.NEQ)
		if tested == nil {
			continue
		}
		o.note(tested, n.Body)
	}
}

// past records the errors that are not nil past a branch that returns where they are: if err == nil || isFinal(err) { return }.
func (o *outcomes) past(list []ast.Stmt) {
	for i, stmt := range list {
		n, ok := stmt.(*ast.IfStmt)
		if !ok || n.Init != nil || n.Else != nil || !syntax.ReturnsAtEnd(n.Body) {
			continue
		}
		for _, term := range disjuncts(n.Cond) {
			if tested := syntax.ErrorTest(o.TypesInfo, term, token.EQL); tested != nil {
				o.note(tested, &ast.BlockStmt{Lbrace: n.End(), List: list[i+1:]})
			}
		}
	}
}

// note records that an error is not nil in a block, unless the block assigns to it.
func (o *outcomes) note(err ast.Expr, in *ast.BlockStmt) {
	key := o.key(err)
	if v, ok := key.(types.Object); ok && syntax.Reassigns(o.TypesInfo, in, v) {
		return
	}
	syntax.InspectOwn(in, func(inner ast.Node) {
		if ret, ok := inner.(*ast.ReturnStmt); ok {
			if o.failed[ret] == nil {
				o.failed[ret] = map[any]bool{}
			}
			o.failed[ret][key] = true
		}
	})
}

// key returns what an error is known by: its variable, or the text of what returns it: p.Err().
func (o *outcomes) key(e ast.Expr) any {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && o.TypesInfo.Uses[id] != nil {
		return o.TypesInfo.Uses[id]
	}
	return syntax.Text(e)
}

// conjuncts returns the terms of a condition that all hold where it holds.
func conjuncts(e ast.Expr) []ast.Expr {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.LAND {
		return append(conjuncts(b.X), conjuncts(b.Y)...)
	}
	return []ast.Expr{e}
}

// disjuncts returns the terms of a condition of which one holds where it holds.
func disjuncts(e ast.Expr) []ast.Expr {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.LOR {
		return append(disjuncts(b.X), disjuncts(b.Y)...)
	}
	return []ast.Expr{e}
}

// always reports whether the last result of each return statement, an error, is of a kind.
func (o *outcomes) always(is func(ast.Expr) bool) bool {
	for _, ret := range o.returns {
		if !is(ast.Unparen(ret.Results[len(ret.Results)-1])) {
			return false
		}
	}
	return true
}

// isNil reports whether an expression is nil.
func (o *outcomes) isNil(e ast.Expr) bool { return o.TypesInfo.Types[e].IsNil() }

// isCallOf returns a test for calls of a function of a library.
func (o *outcomes) isCallOf(library, name string) func(ast.Expr) bool {
	return func(e ast.Expr) bool {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			return false
		}
		fn := syntax.Callee(o.TypesInfo, call)
		return fn != nil && fn.Name() == name && isOf(fn, library)
	}
}

// marksWith returns a test for errors that are marked with a function of a library: by a call of it, or of a function of the package
// or a function literal that does so on all of its ways.
func (o *outcomes) marksWith(library, name string) func(ast.Expr) bool {
	return (&marking{Pass: o.Pass, seen: map[*ast.BlockStmt]bool{}, library: library, name: name}).marks
}

// marking is a search for functions that mark all errors.
type marking struct {
	*check.Pass
	seen          map[*ast.BlockStmt]bool
	library, name string
}

func (m *marking) marks(e ast.Expr) bool {
	o := &outcomes{Pass: m.Pass}
	if o.isCallOf(m.library, m.name)(e) {
		return true
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	body := bodyOf(m.Pass, call.Fun)
	if body == nil || m.seen[body] {
		return false
	}
	m.seen[body] = true
	inner := outcomesOf(m.Pass, body)
	all := inner != nil && !inner.always(inner.isNil) && // else it stands for one that does something
		inner.always(func(e ast.Expr) bool { return inner.isNil(e) || m.marks(e) })
	m.seen[body] = false
	return all
}

// isNew reports whether an expression is an error that is made where it stands, and that wraps none.
func (o *outcomes) isNew(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch syntax.FullName(o.TypesInfo, call) {
	case "errors.New":
		return true
	case "fmt.Errorf":
		format := o.TypesInfo.Types[call.Args[0]].Value
		return format != nil && format.Kind() == constant.String && !strings.Contains(constant.StringVal(format), "%w")
	}
	return false
}

// mayAskAgain reports whether a condition of the Kubernetes library may return false and no error, which makes it be asked again.
func (o *outcomes) mayAskAgain() bool {
	for _, ret := range o.returns {
		if len(ret.Results) != 2 {
			return true // a call that returns both
		}
		done := o.TypesInfo.Types[ret.Results[0]].Value
		if (done == nil || !constant.BoolVal(done)) && !o.isFailure(ret, ast.Unparen(ret.Results[1])) {
			return true
		}
	}
	return false
}

// isFailure reports whether an error that is returned is not nil.
func (o *outcomes) isFailure(ret *ast.ReturnStmt, e ast.Expr) bool {
	if o.failed[ret][o.key(e)] {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := o.TypesInfo.Uses[e].(*types.Var)
		return ok && v.Parent() == o.Pkg.Scope()
	case *ast.CallExpr:
		name := syntax.FullName(o.TypesInfo, e)
		return name == "errors.New" || name == "fmt.Errorf"
	}
	return false
}

// neverTrue reports whether a predicate about errors returns false for all of them.
func neverTrue(p *check.Pass, predicate ast.Expr) bool {
	body := bodyOf(p, predicate)
	if body == nil {
		return false
	}
	o := outcomesOf(p, body)
	return o != nil && o.always(func(e ast.Expr) bool {
		value := p.TypesInfo.Types[e].Value
		return value != nil && value.Kind() == constant.Bool && !constant.BoolVal(value)
	})
}
