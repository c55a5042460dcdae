package funcs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var anyChange = check.Param[bool]{Name: "any-change",
	Usage: "let RL206 report any change that an attempt makes before a call that may fail, not only those that add up"}

var _ = Checks.Add("RL206", rl206).With(anyChange)

// rl206 finds changes to what outlives an attempt, made before a call that may fail. By default those alone that add up, so
// that each retry adds again.
func rl206(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if retries.Retried(fn) && fn.Decl != nil && fn.Decl.Body != nil && !p.Generated[fn.File] {
			newChanges(p, fn.Decl, fn.Decl.Body, fn.Name).look()
		}
	}
	p.WrapperCalls(func(_ *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := p.Wrapped(callee)
		if block, ok := p.Block(call).(*ast.FuncLit); ok && wrapped.Attempts != 1 {
			newChanges(p, block, block.Body, p.Called(callee)).look()
		}
	})
}

// changes is a search for the changes that an attempt makes to what outlives it.
type changes struct {
	*check.Pass
	function ast.Node // what is retried, with its parameters
	body     *ast.BlockStmt
	name     string    // of what is retried
	last     token.Pos // the last call that returns an error
	all      bool
}

func newChanges(p *check.Pass, function ast.Node, body *ast.BlockStmt, name string) *changes {
	return &changes{p, function, body, name, lastFallible(p, body), anyChange.Of(p)}
}

// lastFallible returns the position of the last call that returns an error.
func lastFallible(p *check.Pass, body *ast.BlockStmt) token.Pos {
	last := token.NoPos
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && syntax.ReturnsError(p.TypesInfo, call) {
			last = call.Pos()
		}
		return true
	})
	return last
}

func (c *changes) look() {
	ast.Inspect(c.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			c.assigned(n)
		case *ast.IncDecStmt:
			c.changed(n.X, n.Tok == token.INC)
		case *ast.CallExpr:
			c.called(n)
		}
		return true
	})
}

// assigned looks at an assignment. It adds up by an operator, by append, or by a new key of a map.
func (c *changes) assigned(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		right := n.Rhs[min(i, len(n.Rhs)-1)]
		adds := n.Tok == token.ADD_ASSIGN || c.appends(left, right) || c.grows(left)
		c.changed(left, adds)
	}
}

// appends reports whether a value is the variable with something more.
func (c *changes) appends(left, right ast.Expr) bool {
	call, ok := ast.Unparen(right).(*ast.CallExpr)
	return ok && syntax.IsBuiltin(c.TypesInfo, call, "append") && len(call.Args) > 0 && syntax.Text(call.Args[0]) == syntax.Text(left)
}

// grows reports whether an element of a map has its length as the key.
func (c *changes) grows(left ast.Expr) bool {
	index, ok := ast.Unparen(left).(*ast.IndexExpr)
	return ok && syntax.Text(index.Index) == "len("+syntax.Text(index.X)+")"
}

// changed reports a target whose change outlives the attempt.
func (c *changes) changed(target ast.Expr, adds bool) {
	if !adds && !c.all || target.Pos() >= c.last || !c.outlives(target) {
		return
	}
	if adds && (meant.MatchString(syntax.Text(target)) || c.startsAnew(target)) {
		return
	}
	if adds {
		c.Reportf(target, "%s grows before a call that may fail, so that each attempt of %s adds to it again", syntax.Text(target), c.name)
		return
	}
	c.Reportf(target, "%s is changed before a call that may fail, so that the next attempt of %s begins with the change",
		syntax.Text(target), c.name)
}

// outlives reports whether a change is seen outside of the attempt: it goes to a variable from around it, or through a pointer,
// map or slice that the attempt has not made.
func (c *changes) outlives(target ast.Expr) bool {
	root, through := throughWhat(c.Pass, target)
	v, ok := root.(*types.Var)
	if !ok || c.made(v) {
		return false
	}
	isOwn := c.function.Pos() <= v.Pos() && v.Pos() < c.body.Pos() // a parameter, which each attempt has its own of
	return through || !isOwn
}

// made reports whether the attempt declares a variable.
func (c *changes) made(v *types.Var) bool { return c.body.Pos() <= v.Pos() && v.Pos() < c.body.End() }

// startsAnew reports whether the attempt gives a target a value of its own before it adds to it.
func (c *changes) startsAnew(target ast.Expr) bool {
	text, found := syntax.Text(target), false
	ast.Inspect(c.body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() >= target.Pos() || assign.Tok != token.ASSIGN {
			return true
		}
		for i, left := range assign.Lhs {
			right := assign.Rhs[min(i, len(assign.Rhs)-1)]
			found = found || syntax.Text(left) == text && !c.appends(left, right) || c.isNew(right) && holds(left, target)
		}
		return !found
	})
	return found
}

// isNew reports whether a value has just been made.
func (c *changes) isNew(e ast.Expr) bool {
	e = ast.Unparen(e)
	if address, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(address.X)
	}
	if call, ok := e.(*ast.CallExpr); ok {
		return syntax.IsBuiltin(c.TypesInfo, call, "new") || syntax.IsBuiltin(c.TypesInfo, call, "make")
	}
	_, ok := e.(*ast.CompositeLit)
	return ok
}

// holds reports whether one target is what another is a part of: up of up.Paths, and of up.Paths[0].
func holds(whole, part ast.Expr) bool {
	for {
		switch x := ast.Unparen(part).(type) {
		case *ast.SelectorExpr:
			part = x.X
		case *ast.IndexExpr:
			part = x.X
		case *ast.StarExpr:
			part = x.X
		default:
			return false
		}
		if syntax.Text(part) == syntax.Text(whole) {
			return true
		}
	}
}

// throughWhat returns the variable that an assignment goes to, and reports whether it goes through a pointer, map or slice.
func throughWhat(p *check.Pass, e ast.Expr) (root types.Object, through bool) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			through = through || isKind[*types.Pointer](p, x.X)
			e = x.X
		case *ast.IndexExpr:
			through = through || isKind[*types.Map](p, x.X) || isKind[*types.Slice](p, x.X) || isKind[*types.Pointer](p, x.X)
			e = x.X
		case *ast.StarExpr:
			through = true
			e = x.X
		case *ast.Ident:
			return p.TypesInfo.ObjectOf(x), through
		default:
			return nil, false
		}
	}
}

// isKind reports whether the type of an expression has an underlying type of a kind.
func isKind[T types.Type](p *check.Pass, e ast.Expr) bool {
	t := p.TypesInfo.TypeOf(e)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(T)
	return ok
}
