package loops

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unnoticed is a wait that no caller would notice. Several longer ones may add up to twice as long.
const unnoticed = 100 * time.Millisecond

// isShort reports whether a wait is so short that no caller would notice, whichever attempt it follows: by constants, by what
// counts a constant number of attempts, and by variables that are assigned to once; or that all of them together are. The loop is
// nil where the wait is in none.
func isShort(p *check.Pass, l *loop.Loop, w *loop.Wait) bool {
	delay := delayOf(p, w)
	if delay == nil {
		return false
	}
	d, ok := mostOf(p, l).Of(delay, 0)
	if !ok || d <= float64(unnoticed) {
		return ok
	}
	return l != nil && l.Bound.Attempts > 0 && d*float64(l.Bound.Attempts-1) <= 2*float64(unnoticed)
}

// delayOf returns the delay of a wait, or the interval of the only ticker that it waits for; nil where neither is in sight.
func delayOf(p *check.Pass, w *loop.Wait) ast.Expr {
	if w.Delay != nil {
		return w.Delay
	}
	var channels []ast.Expr
	switch n := w.Node.(type) {
	case *ast.UnaryExpr:
		channels = append(channels, n.X)
	case *ast.SelectStmt:
		for _, clause := range n.Body.List {
			if channel := syntax.ReceivedFrom(clause.(*ast.CommClause).Comm); channel != nil && syntax.DeliversTimes(p.TypesInfo.TypeOf(channel)) {
				channels = append(channels, channel)
			}
		}
	case *ast.SelectorExpr, *ast.Ident:
		channels = append(channels, n.(ast.Expr)) // for range ticker.C
	}
	if len(channels) != 1 {
		return nil
	}
	return intervalOf(p, channels[0])
}

// intervalOf returns the interval of a ticker whose channel an expression is, if the ticker is made in sight and only once.
func intervalOf(p *check.Pass, channel ast.Expr) ast.Expr {
	ticker := ast.Unparen(channel)
	if sel, ok := ticker.(*ast.SelectorExpr); ok && sel.Sel.Name == "C" {
		ticker = sel.X
	}
	id, ok := ticker.(*ast.Ident)
	if !ok {
		return nil
	}
	list := assignments.Of(p)[p.TypesInfo.ObjectOf(id)]
	if len(list) != 1 || list[0].value == nil {
		return nil
	}
	call, ok := ast.Unparen(list[0].value).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if name := syntax.FullName(p.TypesInfo, call); name != "time.NewTicker" && name != "time.Tick" {
		return nil
	}
	return call.Args[0]
}

// addsUp reports whether a constant number of waits, each too short to notice, takes long, and the loop does nothing with a context
// that would end it earlier.
func addsUp(p *check.Pass, l *loop.Loop, w *loop.Wait, ctx types.Object) bool {
	delay := delayOf(p, w)
	if ctx == nil || delay == nil || l.Bound.Limit == nil || heeds(p, l, ctx) {
		return false
	}
	most := mostOf(p, l)
	d, known := most.Of(delay, 0)
	rounds, counted := most.Of(l.Bound.Limit, 0)
	return known && counted && d*rounds >= float64(long)
}

// long is how long waits may be together that nothing ends.
const long = 5 * time.Second

// logging matches code that logs, by a package or a value that is named so: no Login, and no catalog.
var logging = regexp.MustCompile(`(?i)(^|\.)[skz]?log(ger|rus|f)?(\.|\(|$)`)

// heeds reports whether a loop mentions a context, other than to log and to pass it to attempts whose errors are all tried again, or
// the error of one that has ended.
func heeds(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	var attempts []*ast.CallExpr
	if !slices.ContainsFunc(l.Judges, func(j *loop.Judge) bool { return j.Kind != loop.NilError }) {
		attempts = tries(l)
	}
	found := false
	ast.Inspect(l.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !found && !logging.MatchString(syntax.Text(n.Fun)) && !slices.Contains(attempts, n)
		case *ast.Ident:
			found = found || p.TypesInfo.Uses[n] == ctx || n.Name == "Canceled" || n.Name == "DeadlineExceeded"
		}
		return !found
	})
	return found
}

// mostOf returns what computes the most that an expression in a loop can be. The loop is nil for code in none.
func mostOf(p *check.Pass, l *loop.Loop) *loop.Most {
	most := &loop.Most{Info: p.TypesInfo}
	most.Variable = func(e ast.Expr, depth int) (float64, bool) {
		id, ok := e.(*ast.Ident)
		if !ok {
			return longestSet(p, most, e, depth)
		}
		v, ok := p.TypesInfo.Uses[id].(*types.Var)
		if !ok {
			return 0, false
		}
		if l != nil && l.Bound.Counter == v && l.Bound.Attempts > 0 && !l.Bound.Down {
			return float64(highest(p, l.Bound)), true
		}
		list := assignments.Of(p)[v]
		own := p.IsLocal(v) || v.Parent() == p.Pkg.Scope() // also an exported one, until somebody sets it
		if !own || len(list) != 1 || list[0].value == nil {
			return 0, false
		}
		return most.Of(list[0].value, depth)
	}
	return most
}

// pace is the longest default of a wait that only keeps a loop from spinning.
const pace = 10 * time.Millisecond

// longestSet returns the most of the constants that a package sets a field to, if it sets it to nothing else and to no more than a pace:
// that is how long a wait is unless a user says otherwise. A longer one may be configured to be longer still.
func longestSet(p *check.Pass, most *loop.Most, e ast.Expr, depth int) (longest float64, known bool) {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return 0, false
	}
	field, ok := p.TypesInfo.Uses[sel.Sel].(*types.Var)
	if !ok || !field.IsField() {
		return 0, false
	}
	values := check.FieldValues.Of(p)[field.Origin()]
	for _, value := range values {
		if value == nil || p.TypesInfo.Types[value].Value == nil {
			return 0, false
		}
		n, ok := most.Of(value, depth)
		if !ok {
			return 0, false
		}
		longest = max(longest, n)
	}
	return longest, longest > 0 && longest <= float64(pace)
}

// highest returns the highest number that a counter has in its loop.
func highest(p *check.Pass, b loop.Bound) int {
	limit, ok := syntax.ConstantInt(p.TypesInfo, b.Limit)
	switch {
	case !ok:
		return b.Attempts
	case b.Inclusive:
		return limit
	}
	return limit - 1
}
