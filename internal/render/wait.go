package render

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// waiting writes the statements that wait, releasing results and rewinding requests.
func (w *wrapper) waiting(loop string, release, rewind []jen.Code) []jen.Code {
	ask := func(wait jen.Code) *jen.Statement {
		if len(release) > 0 {
			return breakUnless(jen.Id(loop).Dot("Plan").Call(wait))
		}
		return breakUnless(jen.Id(loop).Dot("Wait").Call(wait), rewind...)
	}
	s := []jen.Code{ask(w.wait(loop))}
	if !w.fits(s[0].(*jen.Statement), 2) {
		wait, before := w.waitApart(loop)
		s = append(before, ask(wait))
	}
	if len(release) > 0 {
		s = append(s, release...)
		s = append(s, breakUnless(jen.Id(loop).Dot("Sleep").Call(), rewind...))
	}
	return s
}

// fits reports whether the first line of a statement is short enough, behind so many tabs of 4 columns.
func (w *wrapper) fits(s *jen.Statement, tabs int) bool {
	const width = 120
	var text bytes.Buffer
	if err := s.Clone().RenderWithFile(&text, w.jen); err != nil {
		return true // rendering the file reports it
	}
	line, _, _ := strings.Cut(text.String(), "\n")
	return 4*tabs+utf8.RuneCountInString(line) <= width
}

// wait writes the wait before the next retry: the schedule's delay, spread by the jitter.
func (w *wrapper) wait(loop string) *jen.Statement {
	if w.decorrelated() {
		return jen.Id(loop).Dot("Decorrelated").Call(w.firstDelay(loop))
	}
	return w.spread(loop, w.delay(loop))
}

// waitApart is wait with the schedule in a statement before it, for lines that would be too long.
func (w *wrapper) waitApart(loop string) (wait *jen.Statement, before []jen.Code) {
	if w.decorrelated() {
		return w.wait(loop), nil
	}
	name := w.fresh("delay")
	return w.spread(loop, jen.Id(name)), []jen.Code{jen.Id(name).Op(":=").Add(w.delay(loop))}
}

// jitters reports whether the policy spreads its waits.
func (w *wrapper) jitters() bool {
	delay := w.fn.Policy.Delay
	return w.fn.Policy.Jitter.IsSet() && !(delay.IsSet() && delay.Value.Kind != policy.Func && delay.Value.IsZero())
}

func (w *wrapper) decorrelated() bool {
	return w.jitters() && w.fn.Policy.Jitter.Value.Kind == policy.Decorrelated
}

// spread writes a delay with the policy's jitter.
func (w *wrapper) spread(loop string, delay *jen.Statement) *jen.Statement {
	if !w.jitters() {
		return delay
	}
	jitter := w.fn.Policy.Jitter.Value
	switch jitter.Kind {
	case policy.Poisson:
		return jen.Id(loop).Dot("Poisson").Call(delay, number(jitter.Factor))
	case policy.Percent:
		return jen.Id(loop).Dot("Percent").Call(delay, number(jitter.Factor))
	case policy.Full:
		return jen.Id(loop).Dot("Full").Call(delay)
	default:
		return jen.Id(loop).Dot("Equal").Call(delay)
	}
}

// delay writes the schedule.
func (w *wrapper) delay(loop string) *jen.Statement {
	d := w.fn.Policy.Delay
	if !d.IsSet() || d.Value.Kind == policy.Fixed {
		return w.firstDelay(loop)
	}
	switch v := d.Value; v.Kind {
	case policy.List:
		var args []jen.Code
		for _, entry := range v.Delays {
			args = append(args, w.duration(entry))
		}
		return jen.Id(loop).Dot("List").Call(args...)
	case policy.Exponential:
		return jen.Id(loop).Dot("Exponential").Call(w.duration(v.Delays[0]), number(v.Base))
	case policy.Linear:
		return jen.Id(loop).Dot("Linear").Call(w.duration(v.Delays[0]))
	case policy.Fibonacci:
		return jen.Id(loop).Dot("Fibonacci").Call(w.duration(v.Delays[0]))
	default:
		return w.schedule(loop, jen.Id(loop).Dot("Retry").Call())
	}
}

// firstDelay writes the wait before the first retry, which for a fixed delay is every wait.
func (w *wrapper) firstDelay(loop string) *jen.Statement {
	d := w.fn.Policy.Delay
	switch {
	case d.State == policy.None:
		return jen.Lit(0)
	case d.IsSet() && d.Value.Kind == policy.Func:
		return w.schedule(loop, jen.Lit(1))
	case d.IsSet():
		return w.duration(d.Value.Delays[0])
	}
	name := "TaskDelay"
	if w.fn.Flow {
		name = "FlowDelay"
	}
	if w.decorrelated() {
		return w.imported(loopPath, "retryloop", name).Call(jen.Lit(1))
	}
	return jen.Id(loop).Dot(name).Call()
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
