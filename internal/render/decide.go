package render

import (
	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// conditions writes what decides whether an error is worth a retry: as one simple expression where there is one
// thing to ask, else as statements that leave the loop, in the order in which they are asked.
func (w *wrapper) conditions(loop string) (statements []jen.Code, simple *jen.Statement) {
	if s := w.soleCondition(loop); s != nil {
		return nil, s
	}
	if len(w.fn.Except) > 0 {
		statements = append(statements, jen.If(w.anyOf(w.fn.Except)).Block(jen.Break()))
	}
	if len(w.fn.On) > 0 {
		none := w.noneOf(w.fn.On)
		if w.asksResults() {
			none = w.err().Op("!=").Nil().Op("&&").Add(none)
		}
		statements = append(statements, jen.If(none).Block(jen.Break()))
	}
	if w.fn.If == nil {
		return statements, nil
	}
	ask := w.ask(loop)
	if !w.fn.If.Waits {
		return append(statements, breakUnless(ask)), nil
	}
	wait, again := w.fresh("wait"), w.fresh("again")
	return append(statements,
		jen.List(jen.Id(wait), jen.Id(again)).Op(":=").Add(ask),
		breakUnless(jen.Id(again)),
		jen.Id(loop).Dot("Ask").Call(jen.Id(wait)),
	), nil
}

// soleCondition is the condition of a policy with a single short one, nil for any other policy.
func (w *wrapper) soleCondition(loop string) *jen.Statement {
	switch {
	case w.fn.If != nil && !w.fn.If.Waits && len(w.fn.On)+len(w.fn.Except) == 0:
		return w.ask(loop)
	case w.fn.If == nil && len(w.fn.On) == 1 && len(w.fn.Except) == 0:
		return w.anyOf(w.fn.On)
	case w.fn.If == nil && len(w.fn.On) == 0 && len(w.fn.Except) == 1:
		return w.noneOf(w.fn.Except)
	}
	return nil
}

// ask calls the condition of if=.
func (w *wrapper) ask(loop string) *jen.Statement {
	var args []jen.Code
	switch w.fn.If.Leading {
	case directive.LeadingContext:
		args = append(args, w.ctx())
	case directive.LeadingAttempt:
		args = append(args, jen.Id(loop).Dot("Attempt").Call())
	}
	if w.fn.If.Results {
		args = append(args, w.results())
	} else {
		args = append(args, w.err())
	}
	return w.ref(&w.fn.If.Ref).Call(args...)
}

// anyOf holds when the error matches one of the entries.
func (w *wrapper) anyOf(matches []directive.Match) *jen.Statement {
	s := w.matches(matches[0])
	for _, m := range matches[1:] {
		s.Op("||").Add(w.matches(m))
	}
	return s
}

// noneOf holds when the error matches none of the entries.
func (w *wrapper) noneOf(matches []directive.Match) *jen.Statement {
	s := jen.Op("!").Add(w.matches(matches[0]))
	for _, m := range matches[1:] {
		s.Op("&&").Op("!").Add(w.matches(m))
	}
	return s
}

func (w *wrapper) matches(m directive.Match) *jen.Statement {
	if m.IsType {
		return w.imported(retryPath, "retry", "IsType").Types(w.typeOf(m.Type)).Call(w.err())
	}
	return w.imported("errors", "errors", "Is").Call(w.err(), w.ref(&m.Ref))
}

// wait writes the wait before the next retry, with a statement that computes its schedule first where both would
// not fit on a line.
func (w *wrapper) wait(loop string) (wait jen.Code, before []jen.Code) {
	p := w.fn.Policy
	delay, short := w.delay(loop)
	if !p.Jitter.IsSet() || p.Delay.IsSet() && p.Delay.Value.Kind != policy.Func && p.Delay.Value.IsZero() {
		if short {
			return delay, nil
		}
		name := w.fresh("delay")
		return jen.Id(name), []jen.Code{jen.Id(name).Op(":=").Add(delay)}
	}
	if p.Jitter.Value.Kind == policy.Decorrelated {
		first, _ := w.firstDelay(loop)
		return jen.Id(loop).Dot("Decorrelated").Call(first), nil
	}
	if !short {
		name := w.fresh("delay")
		before = []jen.Code{jen.Id(name).Op(":=").Add(delay)}
		delay = jen.Id(name)
	}
	jitter := p.Jitter.Value
	switch jitter.Kind {
	case policy.Poisson:
		return jen.Id(loop).Dot("Poisson").Call(delay, number(jitter.Factor)), before
	case policy.Percent:
		return jen.Id(loop).Dot("Percent").Call(delay, number(jitter.Factor)), before
	case policy.Full:
		return jen.Id(loop).Dot("Full").Call(delay), before
	default:
		return jen.Id(loop).Dot("Equal").Call(delay), before
	}
}

// delay writes the schedule. It is short when it fits into the call that waits.
func (w *wrapper) delay(loop string) (delay *jen.Statement, short bool) {
	d := w.fn.Policy.Delay
	if !d.IsSet() || d.Value.Kind == policy.Fixed {
		return w.firstDelay(loop)
	}
	retry := jen.Id(loop).Dot("Retry").Call()
	switch v := d.Value; v.Kind {
	case policy.List:
		args := []jen.Code{retry}
		for _, entry := range v.Delays {
			args = append(args, w.duration(entry))
		}
		return w.imported(retryPath, "retry", "List").Call(args...), false
	case policy.Exponential:
		return w.imported(retryPath, "retry", "Exponential").Call(w.duration(v.Delays[0]), number(v.Base), retry), false
	case policy.Linear:
		return w.imported(retryPath, "retry", "Linear").Call(w.duration(v.Delays[0]), retry), false
	case policy.Fibonacci:
		return w.imported(retryPath, "retry", "Fibonacci").Call(w.duration(v.Delays[0]), retry), false
	default:
		return w.schedule(loop, retry), true
	}
}

// firstDelay writes the wait before the first retry, which for a fixed delay is every wait.
func (w *wrapper) firstDelay(loop string) (delay *jen.Statement, short bool) {
	d := w.fn.Policy.Delay
	switch {
	case d.State == policy.None:
		return jen.Lit(0), true
	case d.IsSet() && d.Value.Kind == policy.Func:
		return w.schedule(loop, jen.Lit(1)), true
	case d.IsSet():
		return w.duration(d.Value.Delays[0]), true
	}
	name := "TaskDelay"
	if w.fn.Flow {
		name = "FlowDelay"
	}
	retry := jen.Id(loop).Dot("Retry").Call()
	if j := w.fn.Policy.Jitter; j.IsSet() && j.Value.Kind == policy.Decorrelated {
		retry = jen.Lit(1)
	}
	return w.imported(retryPath, "retry", name).Call(retry), true
}

// schedule calls the function of delay=name.
func (w *wrapper) schedule(loop string, retry jen.Code) *jen.Statement {
	args := []jen.Code{retry}
	switch w.fn.Schedule.Second {
	case directive.SecondError:
		args = append(args, w.err())
	case directive.SecondAttempt:
		args = append(args, jen.Id(loop).Dot("Attempt").Call())
	}
	return w.ref(&w.fn.Schedule.Ref).Call(args...)
}
