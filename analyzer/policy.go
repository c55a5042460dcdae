package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// checkPolicy looks at the policy of one function.
func (r *reporter) checkPolicy(fn *directive.Func) {
	r.withoutEnd(fn)
	r.withoutDelay(fn)
	r.tooLong(fn)
	r.dead(fn)
	r.inStep(fn)
	if retries := fn.Policy.Retries; retries.IsSet() && retries.Value > limits.retries {
		r.option("RL109", retries.Pos, nil, "%d retries are more than %d", retries.Value, limits.retries)
	}
}

// option reports at an option's own position.
func (r *reporter) option(id string, pos int, fix *analysis.SuggestedFix, format string, args ...any) {
	at := token.Pos(pos)
	r.report(finding{id: id, pos: at, end: at + token.Pos(len(r.word(at))), message: fmt.Sprintf(format, args...), fix: fix})
}

// word gives the option that stands at a position.
func (r *reporter) word(pos token.Pos) string {
	rest := r.restOfLine(pos)
	if at := strings.IndexAny(rest, " \t\"`"); at >= 0 {
		rest = rest[:at]
	}
	return rest
}

// after inserts options behind the one at a position, on a line of the source that begins with its name.
func (r *reporter) after(pos int, name, options string) *analysis.SuggestedFix {
	at := token.Pos(pos)
	word := r.word(at)
	if !strings.HasPrefix(word, name) {
		return nil
	}
	end := at + token.Pos(len(word))
	return replacing("Add "+options, end, end, " "+options)
}

// instead replaces the option at a position; with "" it is dropped.
func (r *reporter) instead(pos int, name, option string) *analysis.SuggestedFix {
	at := token.Pos(pos)
	word := r.word(at)
	if !strings.HasPrefix(word, name) {
		return nil
	}
	end := at + token.Pos(len(word))
	if option != "" {
		return replacing("Write "+option, at, end, option)
	}
	if strings.HasPrefix(r.restOfLine(end), " ") {
		end++
	}
	return replacing("Drop "+word, at, end, "")
}

// withoutEnd is RL104.
func (r *reporter) withoutEnd(fn *directive.Func) {
	p := fn.Policy
	if !p.Retries.IsSet() || p.Retries.Value >= 0 || p.Within.IsSet() || r.calledWithDeadline(fn) {
		return
	}
	r.option("RL104", p.Retries.Pos, nil, "%s is retried for ever; give within= a duration, or retries= a number", fn.Name)
}

// calledWithDeadline reports whether this package calls a wrapper, and each time with a context that it has given a
// deadline.
func (r *reporter) calledWithDeadline(fn *directive.Func) bool {
	calls, bounded := 0, 0
	r.wrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		if r.wrappers[callee.Origin()] != fn {
			return
		}
		calls++
		if ctx := contextArg(r.TypesInfo, call); ctx != nil {
			if given, _ := deadline(r.TypesInfo, decl, ctx); given {
				bounded++
			}
		}
	})
	return calls > 0 && calls == bounded
}

// wrapperCalls goes through the calls of generated wrappers, of this package or another, outside generated files.
func (r *reporter) wrapperCalls(visit func(*ast.FuncDecl, *ast.CallExpr, *types.Func)) {
	if r.sites == nil {
		return // nothing that the package sees has to do with retries
	}
	for decl := range r.functions {
		ast.Inspect(decl, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if callee, ok := typeutil.Callee(r.TypesInfo, call).(*types.Func); ok {
					if _, ok := r.wrapped(callee); ok {
						visit(decl, call, callee)
					}
				}
			}
			return true
		})
	}
}

const usualDelay = "delay=exponential(1) jitter=1"

// withoutDelay is RL105.
func (r *reporter) withoutDelay(fn *directive.Func) {
	p := fn.Policy
	if !p.Retries.IsSet() || p.Retries.Value == 0 || fn.If != nil && fn.If.Waits {
		return
	}
	switch {
	case p.Delay.State == policy.Absent:
		r.option("RL105", p.Retries.Pos, r.after(p.Retries.Pos, "retries=", usualDelay),
			"%s is retried at once: whatever failed is hit again while it is down; give it a delay, such as %s", fn.Name, usualDelay)
	case p.NeverWaits():
		r.option("RL105", p.Delay.Pos, r.instead(p.Delay.Pos, "delay=", usualDelay),
			"%s is retried at once: whatever failed is hit again while it is down; give it a delay, such as %s", fn.Name, usualDelay)
	}
}

// scheduled reports whether a policy's waits are known, and how many there may be.
func scheduled(p policy.Policy) (retries int, ok bool) {
	const many = 10_000
	if !p.Scheduled() {
		return 0, false
	}
	if !p.Retries.IsSet() {
		return 1, true
	}
	if p.Retries.Value < 0 {
		return many, true
	}
	return min(p.Retries.Value, many), p.Retries.Value > 0
}

// tooLong is RL106.
func (r *reporter) tooLong(fn *directive.Func) {
	p := fn.Policy
	retries, ok := scheduled(p)
	if !ok {
		return
	}
	sum := time.Duration(0)
	first := 0
	for k := 1; k <= retries; k++ {
		_, longest := p.Bounds(k)
		sum = policy.Add(sum, longest)
		if longest > limits.wait && first == 0 {
			first = k
		}
	}
	if first == 0 {
		return
	}
	_, wait := p.Bounds(first)
	all := policy.Spell(sum) + " in all at worst"
	if policy.Saturated(sum) || p.Retries.Value < 0 {
		all = "without end"
	}
	var fix *analysis.SuggestedFix
	advice := ""
	if p.Cap.State == policy.Absent && p.Delay.Value.At(1) < limits.wait {
		capped := "cap=" + policy.Spell(min(limits.wait, time.Minute))
		if p.Delay.Value.At(1) >= time.Minute {
			capped = "cap=" + policy.Spell(limits.wait)
		}
		fix, advice = r.after(p.Delay.Pos, "delay=", capped), "; give it a cap, such as "+capped
	}
	r.option("RL106", p.Delay.Pos, fix, "%s waits %s: %s, and the wait before retry %d can be %s, longer than %s%s",
		fn.Name, sequence(p, retries), all, first, spellWait(wait), policy.Spell(limits.wait), advice)
}

// sequence writes the waits of a schedule: all of a short one, and the ends of a long one.
func sequence(p policy.Policy, retries int) string {
	const most = 8
	var waits []string
	for k := 1; k <= min(retries, most); k++ {
		_, longest := p.Bounds(k)
		waits = append(waits, spellWait(longest))
	}
	text := strings.Join(waits, ", ")
	if retries > most {
		_, last := p.Bounds(retries)
		text += " … " + spellWait(last)
	}
	if p.Jitter.IsSet() {
		return "up to " + text
	}
	return text
}

func spellWait(d time.Duration) string {
	if policy.Saturated(d) {
		return "292 years"
	}
	return policy.Spell(d)
}

// dead is RL107: options that contradict each other, or that do nothing.
func (r *reporter) dead(fn *directive.Func) {
	p := fn.Policy
	if p.Retries.IsSet() && p.Retries.Value == 0 {
		for e := range p.Entries() {
			if e.Needs.Has(policy.NeedsRetries) && e.IsSet() && e.Origin.Beside(p.Retries.Origin) {
				r.option("RL107", e.Pos, r.instead(e.Pos, e.Word(), ""), "%s does nothing beside retries=0", e.Name)
			}
		}
		return
	}
	if _, ok := scheduled(p); !ok {
		return
	}
	first := p.Delay.Value.At(1)
	if d := p.Delay.Value; d.Kind == policy.List && p.Retries.IsSet() && p.Retries.Value > 0 && len(d.Delays) > p.Retries.Value && p.Retries.Origin.Beside(p.Delay.Origin) {
		short := policy.Delay{Kind: policy.List, Delays: d.Delays[:p.Retries.Value]}
		fixed := "delay=" + strings.Trim(short.String(), "[]")
		r.option("RL107", p.Delay.Pos, r.instead(p.Delay.Pos, "delay=", fixed), "%d delays for %s: the last %d are never waited for",
			len(d.Delays), plural(p.Retries.Value, "retry", "retries"), len(d.Delays)-p.Retries.Value)
	}
	if p.Cap.IsSet() && p.Cap.Value < first && p.Cap.Origin.Beside(p.Delay.Origin) {
		r.option("RL107", p.Cap.Pos, r.instead(p.Cap.Pos, "cap=", ""), "cap=%s is below the first delay of %s, so that every wait is the cap and the schedule does nothing",
			policy.Spell(p.Cap.Value), policy.Spell(first))
	}
	if shortest, _ := p.Bounds(1); p.Within.IsSet() && p.Within.Value < shortest {
		r.option("RL107", p.Within.Pos, nil, "within=%s is shorter than the first wait of %s, so that there is never a retry",
			policy.Spell(p.Within.Value), policy.Spell(shortest))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// inStep is RL108: waits that grow for all callers alike, or so nearly alike that their waves never merge.
func (r *reporter) inStep(fn *directive.Func) {
	p := fn.Policy
	if retries, ok := scheduled(p); !ok || retries < 2 && p.Retries.IsSet() {
		return
	}
	delay := p.Delay.Value
	grows := delay.Kind == policy.Linear || delay.Kind == policy.Fibonacci || delay.Kind == policy.Exponential && delay.Base > 1
	if !grows {
		return
	}
	if !p.Jitter.IsSet() || p.Jitter.Value.Kind == policy.Poisson && p.Jitter.Value.Factor == 0 {
		fix := r.after(p.Delay.Pos, "delay=", "jitter=1")
		if p.Jitter.State != policy.Absent {
			fix = r.instead(p.Jitter.Pos, "jitter=", "jitter=1")
		}
		r.option("RL108", p.Delay.Pos, fix, "callers of %s that fail together retry together, wave after wave; add jitter=1", fn.Name)
		return
	}
	if delay.Kind != policy.Exponential {
		return
	}
	var low, high float64
	switch j := p.Jitter.Value; j.Kind {
	case policy.Poisson:
		low, high = policy.PoissonLow(j.Factor), 1+j.Factor
	case policy.Percent:
		low, high = 1-j.Factor/100, 1+j.Factor/100
	default:
		return
	}
	if high < delay.Base*low {
		r.option("RL108", p.Jitter.Pos, r.instead(p.Jitter.Pos, "jitter=", "jitter=1"),
			"jitter=%s keeps the waves of callers that fail together apart: a wait ends at %.4g times its delay at the latest, the next begins at %.4g; use jitter=1 or more",
			p.Jitter.Value, high, delay.Base*low)
	}
}

// deadlinesTooShort is RL110.
func (r *reporter) deadlinesTooShort() {
	r.wrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := r.wrapped(callee)
		ctx := contextArg(r.TypesInfo, call)
		if ctx == nil || wrapped.Shortest == 0 {
			return
		}
		if _, after := deadline(r.TypesInfo, decl, ctx); after > 0 && after < wrapped.Shortest {
			r.reportf("RL110", ctx, "the context ends after %s, but the waits of %s alone take at least %s, so that its last retries never happen",
				policy.Spell(after), wrapped.Task, policy.Spell(wrapped.Shortest))
		}
	})
}
