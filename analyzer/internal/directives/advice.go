package directives

import (
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/advice"
	"github.com/retrygen/retrygen/internal/directive"
)

// advised returns a check that reports what package advice remarks on the policy of each task, and on each text that the
// program parses as a policy. A task is left out if only the running program knows what its policy says of some options.
func advised(id string, options ...string) func(*check.Pass) {
	return advisedUnless(func(*check.Pass, *directive.Func) bool { return false }, id, options...)
}

// advisedUnless is advised, but for tasks that a function excuses.
func advisedUnless(excused func(*check.Pass, *directive.Func) bool, id string, options ...string) func(*check.Pass) {
	tasks := check.EachTask(func(p *check.Pass, fn *directive.Func) {
		if fn.Open(options...) {
			return
		}
		remarks := advice.By(id, subject(p, fn))
		if len(remarks) == 0 || excused(p, fn) {
			return
		}
		for _, r := range remarks {
			report(p, r)
		}
	})
	return func(p *check.Pass) {
		tasks(p)
		for _, t := range policyTexts.Of(p) {
			t.reportAdvice(p, id)
		}
	}
}

// subject is the policy of a task as package advice looks at it.
func subject(p *check.Pass, fn *directive.Func) advice.Subject {
	return advice.Subject{
		Name: fn.Name, Policy: fn.Policy, MaxWait: maxWait.Of(p), MaxRetries: maxRetries.Of(p),
		Word:  func(pos int) string { return wordAt(p, pos) },
		Waits: fn.If != nil && fn.If.Waits || fn.Guard != nil && fn.Guard.Waits,
	}
}

// wordAt returns the option at a position of this package, "" for any other.
func wordAt(p *check.Pass, pos int) string {
	if p.FileOf(token.Pos(pos)) == nil {
		return ""
	}
	return p.Word(token.Pos(pos))
}

// report reports a remark at its option.
func report(p *check.Pass, r advice.Remark) {
	at := token.Pos(r.Pos)
	p.Report(check.Finding{Pos: at, End: p.WordEnd(at), Message: r.Message, Fix: fix(p, r.Fix), Subject: at})
}

// fix returns the fix of a remark, nil for none.
func fix(p *check.Pass, f advice.Fix) *analysis.SuggestedFix {
	switch {
	case f.IsZero():
		return nil
	case f.Add != "":
		return p.AddAfter(f.Pos, f.Option, f.Add)
	}
	return p.Instead(f.Pos, f.Option, f.Write)
}
