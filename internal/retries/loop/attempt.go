package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Attempt is a function that something else retries, such as the literal that a library or a poll calls until it succeeds. It is
// looked at like the body of a loop whose next round follows a return that asks for one.
type Attempt struct {
	body    *Loop
	results *types.Tuple
}

// Attempt returns the model of a function that is retried, nil if it returns nothing that could ask for another attempt.
func (m *Model) Attempt(fn *ast.FuncLit) *Attempt {
	signature, ok := m.pass.TypesInfo.TypeOf(fn).(*types.Signature)
	if !ok || signature.Results().Len() == 0 {
		return nil
	}
	f := m.newFunction(fn, newGraph(m.pass.TypesInfo, fn.Body, nil))
	whole := &natural{head: f.graph.blocks[0], blocks: f.graph.blocks, has: map[*block]bool{}}
	for _, b := range whole.blocks {
		whole.has[b] = true
	}
	return &Attempt{body: &Loop{Function: fn, Body: fn.Body, flow: newFlow(f, whole)}, results: signature.Results()}
}

// LeftOpen is [Loop.LeftOpen] for a function that is retried.
func (a *Attempt) LeftOpen() []*ast.CallExpr {
	o := &openings{Loop: a.body}
	o.again = func(call ast.Expr, b *block) bool {
		for _, n := range b.nodes {
			if ret, ok := n.(*ast.ReturnStmt); ok {
				return a.asksAgain(ret, call, b)
			}
		}
		return false
	}
	return o.left()
}

// settled matches the names of what makes an error that is not retried.
var settled = regexp.MustCompile(`(?i)permanent|unrecoverable|non_?retr|no_?retry|abort|stop|terminal|fatal|wont_?retry`)

// asksAgain reports whether a return asks for another attempt after a call that has returned no error: an error, or a bool that is
// not true. Where there are both, as in polls of Kubernetes, the error ends the attempts.
func (a *Attempt) asksAgain(ret *ast.ReturnStmt, call ast.Expr, b *block) bool {
	if len(ret.Results) != a.results.Len() {
		return false
	}
	info := a.body.flow.info
	last := ret.Results[len(ret.Results)-1]
	done := last
	if syntax.IsError(a.results.At(a.results.Len() - 1).Type()) {
		isNil := info.Types[last].IsNil() || a.nothing(last, call, b)
		done = a.tellsDone(ret)
		if done == nil {
			return !isNil && !settled.MatchString(syntax.Identifiers(last))
		}
		if !isNil {
			return false
		}
	} else if !syntax.IsBool(a.results.At(a.results.Len() - 1).Type()) {
		return false
	}
	value := info.Types[done].Value
	return value == nil || value.ExactString() != "true"
}

// tellsDone returns the bool that a return tells besides an error, nil if there is none.
func (a *Attempt) tellsDone(ret *ast.ReturnStmt) ast.Expr {
	for i := range a.results.Len() - 1 {
		if syntax.IsBool(a.results.At(i).Type()) {
			return ret.Results[i]
		}
	}
	return nil
}

// nothing reports whether an error is the one that a call has returned, which is known to be nil.
func (a *Attempt) nothing(e ast.Expr, call ast.Expr, b *block) bool {
	v, ok := variableOf(a.body.flow.info, e)
	if !ok {
		return false
	}
	reaching := a.body.flow.reaching(v, b, e.Pos())
	return len(reaching) > 0 && !slices.ContainsFunc(reaching, func(from *assignment) bool { return from.value != call })
}
