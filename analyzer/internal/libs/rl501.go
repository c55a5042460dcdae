package libs

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL501", rl501)

// rl501 finds literals of a backoff that leave fields at zero without which it does not work.
func rl501(p *check.Pass) {
	inspect(p, (*ast.CompositeLit)(nil), func(cursor inspector.Cursor) {
		lit := cursor.Node().(*ast.CompositeLit)
		fields := exponentialBackoff(p, p.TypesInfo.TypeOf(lit))
		if fields == nil {
			return
		}
		leftAtZero(p, lit, fields, givenFields(p, cursor, lit), constructing(p, lit))
	})
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) { newBackoff(p, cursor) })
	for _, call := range libCalls.Of(p) {
		noSteps(p, call)
	}
}

// leftAtZero reports a backoff that leaves fields at zero which it needs.
func leftAtZero(p *check.Pass, at ast.Node, fields []string, given map[string]bool, fix *analysis.SuggestedFix) {
	missing := slices.DeleteFunc(fields, func(field string) bool {
		return given[field] || field == "Stop" && !given["MaxElapsedTime"]
	})
	if len(missing) == 0 {
		return
	}
	why := "its waits are 0 where they should grow"
	switch {
	case slices.Contains(missing, "Clock"):
		why = "without Clock it panics"
	case slices.Contains(missing, "Stop"):
		why = "without Stop it never stops"
	}
	what := "literal"
	if _, ok := at.(*ast.CompositeLit); !ok {
		what = "value"
	}
	p.Report(check.Finding{Pos: at.Pos(), End: at.End(), Fix: fix, Message: fmt.Sprintf(
		"this %s leaves %s at zero: %s; begin with NewExponentialBackOff()", what, strings.Join(missing, ", "), why)})
}

// newBackoff reports new(backoff.ExponentialBackOff) where fields are left at zero.
func newBackoff(p *check.Pass, cursor inspector.Cursor) {
	call := cursor.Node().(*ast.CallExpr)
	if !syntax.IsBuiltin(p.TypesInfo, call, "new") || len(call.Args) != 1 || !p.TypesInfo.Types[call.Args[0]].IsType() {
		return
	}
	fields := exponentialBackoff(p, p.TypesInfo.TypeOf(call.Args[0]))
	given := map[string]bool{}
	assignedFields(p, cursor, given)
	leftAtZero(p, call, fields, given, nil)
}

// needed are the fields of an ExponentialBackOff that may not be zero. Versions differ in which there are. Stop is the answer
// when MaxElapsedTime is over, and needed only with it.
var needed = []string{"InitialInterval", "Multiplier", "MaxInterval", "Stop", "Clock"}

// exponentialBackoff returns the fields that a value of cenkalti's backoff needs, nil for any other type.
func exponentialBackoff(p *check.Pass, t types.Type) []string {
	named, ok := types.Unalias(t).(*types.Named)
	if t == nil || !ok || named.Obj().Name() != "ExponentialBackOff" || named.Obj().Pkg() == nil || named.Obj().Pkg() == p.Pkg {
		return nil
	}
	name, _ := library.Name(named.Obj().Pkg().Path())
	if name != "backoff" {
		return nil
	}
	var fields []string
	for _, field := range needed {
		if object, _, _ := types.LookupFieldOrMethod(named, true, nil, field); object != nil {
			fields = append(fields, field)
		}
	}
	return fields
}

// givenFields returns the fields that a literal gives, or that the function around it assigns to its variable.
func givenFields(p *check.Pass, cursor inspector.Cursor, lit *ast.CompositeLit) map[string]bool {
	given := map[string]bool{}
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return syntax.NameSet(needed...) // all fields in a row
		}
		n, isConstant := syntax.ConstantInt(p.TypesInfo, pair.Value)
		given[syntax.Text(pair.Key)] = !isConstant || n != 0 || syntax.Text(pair.Key) != "MaxElapsedTime"
	}
	assignedFields(p, cursor, given)
	return given
}

// assignedFields adds the fields that the function around a new value assigns to its variable.
func assignedFields(p *check.Pass, cursor inspector.Cursor, given map[string]bool) {
	v, function := variableOf(p, cursor), syntax.EnclosingFunc(cursor)
	if v == nil || function == nil {
		return
	}
	ast.Inspect(function, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for _, left := range assign.Lhs {
			if sel, ok := ast.Unparen(left).(*ast.SelectorExpr); ok && syntax.Mentions(p.TypesInfo, sel.X, v) {
				given[sel.Sel.Name] = true
			}
		}
		return true
	})
}

// variableOf returns the variable that is assigned a new value, or its address, nil for none.
func variableOf(p *check.Pass, cursor inspector.Cursor) types.Object {
	lit := cursor.Node()
	for c := range cursor.Enclosing((*ast.AssignStmt)(nil)) {
		assign := c.Node().(*ast.AssignStmt)
		for i, right := range assign.Rhs {
			if address, ok := right.(*ast.UnaryExpr); ok {
				right = address.X
			}
			if id, ok := assign.Lhs[min(i, len(assign.Lhs)-1)].(*ast.Ident); ok && right == lit {
				return p.TypesInfo.ObjectOf(id)
			}
		}
		break
	}
	return nil
}

// noSteps reports a literal of the Kubernetes library without a number of steps, for a call that makes as many attempts.
func noSteps(p *check.Pass, call *libCall) {
	if call.name != "wait" && call.name != "kubernetes" {
		return
	}
	for _, lit := range recipeOf(p, call).literals {
		given := map[string]bool{}
		for _, element := range lit.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				given[syntax.Text(pair.Key)] = true
			} else {
				given["Steps"] = true
			}
		}
		if !given["Steps"] && !setsField(recipeAround(p, lit, call), "Steps") {
			p.Reportf(lit, "this literal leaves Steps at zero: %s never calls the function, and fails", call.fn.Name())
		}
	}
}

// recipeAround returns the declaration that holds a literal, or the function around a call.
func recipeAround(p *check.Pass, lit *ast.CompositeLit, call *libCall) ast.Node {
	r := &recipe{Pass: p}
	return r.outermost(lit.Pos(), call.function)
}

// setsField reports whether a function assigns to a field with one of some names.
func setsField(function ast.Node, names ...string) bool {
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
				found = found || ok && slices.Contains(names, sel.Sel.Name)
			}
		}
		return !found
	})
	return found
}

// constructing replaces an empty literal by a call of the constructor.
func constructing(p *check.Pass, lit *ast.CompositeLit) *analysis.SuggestedFix {
	sel, ok := lit.Type.(*ast.SelectorExpr)
	if !ok || len(lit.Elts) > 0 {
		return nil
	}
	star, begin := "*", lit.Pos()
	if src := p.SourceFrom(begin - 1); len(src) > 0 && src[0] == '&' {
		star = ""
		begin--
	}
	return check.Replace("Use the constructor", begin, lit.End(), star+syntax.Text(sel.X)+".NewExponentialBackOff()")
}
