package funcs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

// attempt is code that a wrapper runs again and again.
type attempt struct {
	*check.Pass
	*spent.Package
	decl     *ast.FuncDecl // that the code is in
	body     *ast.BlockStmt
	name     string
	reported map[*types.Var]bool
}

// look reports what an attempt uses up and has not made.
func (a *attempt) look() {
	sources := a.SourcesIn(a.decl)
	restored := map[spent.Source]bool{}
	var uses []spent.Use
	ast.Inspect(a.body, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		for source := range sources.Restored(n) {
			restored[source] = true
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			uses = append(uses, a.Uses(n)...)
		case *ast.RangeStmt:
			a.channel(n.X)
		case *ast.AssignStmt:
			for _, right := range n.Rhs {
				if receive, ok := ast.Unparen(right).(*ast.UnaryExpr); ok && receive.Op == token.ARROW {
					a.channel(receive.X)
				}
			}
		}
		return true
	})
	for _, use := range uses {
		for source := range sources.Of(use.Expr) {
			if a.outside(source.Var) && (!restored[source] || a.closes(use, source)) {
				a.use(use, source)
			}
		}
	}
}

// outside reports whether a variable is declared outside of the attempt, and not by another package.
func (a *attempt) outside(v *types.Var) bool {
	inside := a.body.Pos() <= v.Pos() && v.Pos() < a.body.End()
	return !inside && v.Pkg() == a.Pkg && !a.reported[v]
}

// use reports a source that a call uses up. The wrapper hands a request of its own to each attempt, with a new body, and puts
// parameters that can seek back to where they were.
func (a *attempt) use(use spent.Use, source spent.Source) {
	isParameter := source.Field == "" && source.Var.Parent() != a.Pkg.Scope() && a.body == a.decl.Body
	t := source.Var.Type()
	switch {
	case spent.IsRequest(t) && (isParameter || a.BodyIn(a.decl, source.Var) == spent.NoBody),
		isParameter && syntax.HasMethod(t, "Seek") && !a.closes(use, source),
		use.Piece && !isCall(use.Expr): // the next value of a stream
		return
	}
	name := source.Name()
	a.reported = with(a.reported, source.Var)
	switch {
	case a.closes(use, source):
		a.Reportf(use.Expr, "net/http closes %s when the first attempt of %s has sent it, and may still read from it in the next; %s",
			name, a.name, closedAdvice(isParameter))
	case startsProcess(a.TypesInfo.TypeOf(use.Expr)):
		a.Reportf(use.Expr, "the first attempt of %s starts %s, and a command can be started once; make it in each attempt", a.name, name)
	default:
		a.Reportf(use.Expr, "the first attempt of %s uses up %s, and the others get nothing; "+
			"make it in each attempt, or go back to its beginning first", a.name, name)
	}
}

// closedAdvice says what to do about a file that net/http closes. As an interface, a parameter is read by each attempt at a
// position of its own.
func closedAdvice(isParameter bool) string {
	if isParameter {
		return "take an io.ReadSeeker"
	}
	return "open the file in each attempt"
}

func isCall(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok
}

func startsProcess(t types.Type) bool { return syntax.IsNamed(t, "os/exec", "*Cmd") }

// with returns a set with one more variable.
func with(set map[*types.Var]bool, v *types.Var) map[*types.Var]bool {
	if set == nil {
		set = map[*types.Var]bool{}
	}
	set[v] = true
	return set
}

// closes reports whether a file is sent as the body of a request, without anything that keeps it open.
func (a *attempt) closes(use spent.Use, source spent.Source) bool {
	if !use.Sent || source.Field != "" || !syntax.IsNamed(source.Var.Type(), "os", "*File") {
		return false
	}
	kept := false
	ast.Inspect(a.body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name := syntax.FullName(a.TypesInfo, call)
			kept = kept || name == "io.NopCloser" || name == "io/ioutil.NopCloser"
		}
		return true
	})
	return !kept
}

// channel reports a channel from outside that the attempt takes values from.
func (a *attempt) channel(e ast.Expr) {
	t := a.TypesInfo.TypeOf(e)
	if t == nil {
		return
	}
	c, ok := t.Underlying().(*types.Chan)
	if !ok || !carriesData(c) {
		return
	}
	id := syntax.Root(e)
	if id == nil {
		return
	}
	if v, ok := a.TypesInfo.Uses[id].(*types.Var); ok && a.outside(v) {
		a.reported = with(a.reported, v)
		a.Reportf(e, "each attempt of %s takes values from %s, and the next one does not get them; take them before",
			a.name, syntax.Text(e))
	}
}
