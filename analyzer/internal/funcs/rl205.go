package funcs

import (
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL205", check.EachTask(rl205))

// rl205 finds results that have to be closed or read: those that a condition may throw away or reads itself, and those that
// outlive the timeout of their attempt.
func rl205(p *check.Pass, fn *directive.Func) {
	thrownAway(p, fn)
	cutOff(p, fn)
	readByCondition(p, fn)
}

// thrownAway reports a condition over results that may retry an attempt which has opened something.
func thrownAway(p *check.Pass, fn *directive.Func) {
	if fn.If == nil || !fn.If.Results || fn.Discard != nil || !retries.Retried(fn) {
		return
	}
	for v := range fn.Sig.Results().Variables() {
		if syntax.IsNamed(v.Type(), "net/http", "*Response") || !syntax.Closes(v.Type()) {
			continue
		}
		p.Option(fn.Policy.If.Pos, nil, "%s may retry a result of %s that is open: "+
			"the %s of each attempt but the last is never closed; set discard= to a function that closes it",
			fn.Policy.If.Value, fn.Name, types.TypeString(v.Type(), types.RelativeTo(p.Pkg)))
	}
}

// cutOff reports a timeout that ends the context of a result which goes on using it, and has no end that the wrapper waits
// for.
func cutOff(p *check.Pass, fn *directive.Func) {
	if !fn.Policy.Timeout.IsSet() {
		return
	}
	for i := range fn.Sig.Results().Len() {
		t := fn.Sig.Results().At(i).Type()
		if fn.Held(i) || !syntax.Streams(t) {
			continue
		}
		p.Option(fn.Policy.Timeout.Pos, nil, "timeout= ends the context of an attempt when %s returns, "+
			"and the %s cannot be read after that; set the timeout inside %s, or read to the end there",
			fn.Name, types.TypeString(t, types.RelativeTo(p.Pkg)), fn.Name)
	}
}

// readByCondition reports a condition that reads a result to its end, such as the body of a response, so that the caller finds
// it empty.
func readByCondition(p *check.Pass, fn *directive.Func) {
	if fn.If == nil || !fn.If.Results {
		return
	}
	condition, ok := fn.If.Object.(*types.Func)
	if !ok {
		return
	}
	for _, v := range spent.Of(p.Pass).UsedUp(condition) {
		what := "the " + types.TypeString(v.Type(), types.RelativeTo(p.Pkg))
		if syntax.IsNamed(v.Type(), "net/http", "*Response") {
			what = "the body of the response"
		}
		p.Option(fn.Policy.If.Pos, nil, "%s reads %s to its end, and the caller of %s finds nothing there; "+
			"decide by the status and the headers, or put back what has been read", fn.Policy.If.Value, what, fn.Name)
	}
}
