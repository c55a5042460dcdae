package libs

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// mostSteps is how far the value of a backoff is followed: from a field to a parameter, to a caller's variable, to a call.
const mostSteps = 6

// isStateful reports whether an expression may hold a backoff that counts: by its type, or by what made it.
func (s *sharing) isStateful(e ast.Expr, steps int) bool {
	e = ast.Unparen(e)
	t := s.TypesInfo.TypeOf(e)
	if t == nil || steps > mostSteps {
		return false
	}
	if s.library == "backoff" && named(t, "ExponentialBackOff") {
		return stateful(t)
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		return s.makesStateful(e, steps)
	case *ast.Ident:
		v, _ := s.TypesInfo.Uses[e].(*types.Var)
		return s.holds(v, steps)
	case *ast.SelectorExpr:
		v, _ := s.TypesInfo.Uses[e.Sel].(*types.Var)
		return s.holds(v, steps)
	}
	return false
}

// holds is isStateful for a variable or a field. Of sethvargo's backoffs most count: one of which nothing is known is taken for
// one that does.
func (s *sharing) holds(v *types.Var, steps int) bool {
	values := s.valuesOf(v)
	if len(values) == 0 {
		return v != nil && (s.library == "sethvargo" && syntax.IsNamed(v.Type(), "github.com/sethvargo/go-retry", "Backoff") || s.isUsers(v))
	}
	return s.anyStateful(values, steps+1)
}

// isUsers reports whether a field is where users of the package put a backoff, which its exported methods use.
func (s *sharing) isUsers(v *types.Var) bool {
	if s.library != "backoff" || !v.IsField() || !v.Exported() || !named(v.Type(), "BackOff") {
		return false
	}
	for c := range s.cursor.Enclosing((*ast.FuncDecl)(nil)) {
		decl := c.Node().(*ast.FuncDecl)
		return decl.Recv != nil && decl.Name.IsExported()
	}
	return false
}

func (s *sharing) anyStateful(values []ast.Expr, steps int) bool {
	for _, value := range values {
		if value != nil && s.isStateful(value, steps) {
			return true
		}
	}
	return false
}

// makesStateful is isStateful for a call: of a function of the library, or of one of the package that returns a backoff.
func (s *sharing) makesStateful(call *ast.CallExpr, steps int) bool {
	fn := syntax.Callee(s.TypesInfo, call)
	if fn == nil {
		return false
	}
	if isOf(fn, s.library) {
		switch fn.Name() {
		case "NewExponential", "NewFibonacci", "WithMaxRetries", "WithMaxDuration":
			return true
		case "NewConstant", "NewConstantBackOff":
			return false
		}
		return s.anyStateful(call.Args, steps)
	}
	decl := s.Bodies[fn.Origin()]
	if decl == nil {
		return false
	}
	found := false
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			found = found || s.isStateful(ret.Results[0], steps+1)
		}
	})
	return found
}

// valuesOf returns what the package assigns to a variable or a field; for a parameter, what callers pass.
func (s *sharing) valuesOf(v *types.Var) []ast.Expr {
	switch {
	case v == nil:
		return nil
	case v.IsField():
		return check.FieldValues.Of(s.Pass)[v.Origin()]
	case s.IsParameter(v):
		return passed.Of(s.Pass)[v]
	}
	return assignedTo(s.Pass, v)
}

// assignedTo returns what a package assigns to a variable, in the declaration that it stands in.
func assignedTo(p *check.Pass, v types.Object) []ast.Expr {
	file := p.FileOf(v.Pos())
	if file == nil {
		return nil
	}
	var values []ast.Expr
	for _, decl := range file.Decls {
		if syntax.Contains(decl, v.Pos()) {
			syntax.InspectAssigned(p.TypesInfo, decl, v, func(value ast.Expr) { values = append(values, value) })
		}
	}
	return values
}

// passed is what the calls in a package pass for the parameters of its functions.
var passed = check.Share(func(p *check.Pass) map[*types.Var][]ast.Expr {
	values := map[*types.Var][]ast.Expr{}
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		call := cursor.Node().(*ast.CallExpr)
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil || fn.Pkg() != p.Pkg {
			return
		}
		params := fn.Origin().Signature().Params()
		for i := range min(params.Len(), len(call.Args)) {
			values[params.At(i)] = append(values[params.At(i)], call.Args[i])
		}
	})
	return values
})

// stateful reports whether a type is the exponential backoff of cenkalti's, which counts.
func stateful(t types.Type) bool {
	pointer, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(pointer.Elem()).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	name, _ := library.Name(n.Obj().Pkg().Path())
	return name == "backoff"
}
