package render

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// body writes the wrapper: the first attempt, then, only where it failed, the loop.
func (w *wrapper) body() []jen.Code {
	var s []jen.Code
	if w.added {
		s = append(s, w.notStarted())
	}
	if w.fn.Budget != nil {
		s = append(s, w.imported(loopPath, "retryloop", "Deposit").Call(w.ref(w.fn.Budget)))
	}
	start := ""
	if w.needsStart() {
		start = w.fresh("start")
		s = append(s, jen.Id(start).Op(":=").Add(w.imported("time", "time", "Now").Call()))
	}
	if w.fn.Flow {
		s = append(s, w.openFlow()...)
	}
	var first jen.Code
	if len(w.fn.Attempts) > 0 {
		first = w.imported(retryPath, "retry", "Attempt").Values(jen.Dict{jen.Id("Number"): jen.Lit(1)})
	}
	assign := ":="
	if w.allNamed() {
		assign = "="
	}
	s = append(s, w.results().Op(assign).Add(w.attempt(first)))
	if !w.asksResults() {
		s = append(s, jen.If(w.err().Op("==").Nil()).Block(w.succeeded()))
	}
	loop := w.fresh("loop")
	s = append(s, jen.Id(loop).Op(":=").Add(w.loop(start)))
	s = append(s, w.retries(loop)...)
	return append(s, w.end(loop)...)
}

// needsStart reports whether the policy asks when the call began.
func (w *wrapper) needsStart() bool {
	return w.fn.Policy.Within.IsSet() || len(w.fn.Attempts) > 0 ||
		w.fn.If != nil && w.fn.If.Leading == directive.LeadingAttempt ||
		w.fn.Schedule != nil && w.fn.Schedule.Second == directive.SecondAttempt
}

// asksResults reports whether a condition judges successes too.
func (w *wrapper) asksResults() bool { return w.fn.If != nil && w.fn.If.Results }

// allNamed reports whether the signature declares every local that holds a result.
func (w *wrapper) allNamed() bool {
	if !w.named {
		return false
	}
	for i, name := range w.locals {
		if w.resultName(i) != name {
			return false
		}
	}
	return true
}

// resultName is what the wrapper's signature calls a result.
func (w *wrapper) resultName(i int) string {
	switch name := w.fn.Sig.Results().At(i).Name(); {
	case !w.named:
		return ""
	case w.bare:
		return w.locals[i]
	default:
		return name
	}
}

// results lists the locals.
func (w *wrapper) results() *jen.Statement {
	var ids []jen.Code
	for _, name := range w.locals {
		ids = append(ids, jen.Id(name))
	}
	return jen.List(ids...)
}

// succeeded returns the results of a first attempt that gave no error.
func (w *wrapper) succeeded() jen.Code {
	if w.bare {
		return jen.Return()
	}
	var ids []jen.Code
	for _, name := range w.locals[:len(w.locals)-1] {
		ids = append(ids, jen.Id(name))
	}
	return jen.Return(append(ids, jen.Nil())...)
}

// notStarted looks at the added context before anything is done.
func (w *wrapper) notStarted() jen.Code {
	why := w.imported(loopPath, "retryloop", "NotStarted").Call(jen.Id(w.context), jen.Lit(w.fn.Task))
	return jen.If(jen.Id(w.context).Dot("Err").Call().Op("!=").Nil()).Block(w.fails(why)...)
}

// fails returns an error without having called anything.
func (w *wrapper) fails(why jen.Code) []jen.Code {
	var s []jen.Code
	if w.bare {
		if w.fn.Error {
			s = append(s, w.err().Op("=").Add(why))
		}
		s = append(s, jen.Return())
	} else {
		var values []jen.Code
		for v := range w.fn.Sig.Results().Variables() {
			values = append(values, w.zero(v.Type()))
		}
		if w.fn.Error {
			values[len(values)-1] = why
		}
		s = append(s, jen.Return(values...))
	}
	return s
}

// attempt calls the function once, or the helper that gives it a timeout.
func (w *wrapper) attempt(attempt jen.Code) *jen.Statement {
	instead := map[int]jen.Code{}
	if w.flow != "" {
		instead[w.fn.Context] = jen.Id(w.flow).Dot("Next").Call()
	}
	return w.call(w.helper, w.arguments(attempt, instead))
}

// arguments lists what an attempt is called with. Entries of instead replace parameters.
func (w *wrapper) arguments(attempt jen.Code, instead map[int]jen.Code) []jen.Code {
	var args []jen.Code
	for i := range w.fn.Sig.Params().Len() {
		var arg jen.Code
		switch {
		case instead[i] != nil:
			arg = instead[i]
		case slices.Contains(w.fn.Attempts, i):
			arg = attempt
		default:
			arg = jen.Id(w.params[i])
		}
		if w.fn.Sig.Variadic() && i == w.fn.Sig.Params().Len()-1 {
			arg = jen.Add(arg).Op("...")
		}
		args = append(args, arg)
	}
	return args
}

// call calls what is wrapped, or a helper that stands beside it.
func (w *wrapper) call(helper string, args []jen.Code) *jen.Statement {
	var s *jen.Statement
	switch {
	case helper != "" && w.receiver != "":
		s = jen.Id(w.receiver).Dot(helper)
	case helper != "":
		s = jen.Id(helper)
	case w.callee != nil:
		s = w.callee.Clone().Dot(w.fn.Name)
	default:
		s = jen.Id(w.fn.Name)
	}
	if names := w.typeNames(w.fn.Sig.TypeParams()); len(names) > 0 {
		s.Types(names...)
	}
	return s.Call(args...)
}

// loop writes the state of the loop with the constants of the policy.
func (w *wrapper) loop(start string) *jen.Statement {
	p := w.fn.Policy
	fields := []jen.Code{
		jen.Id("Context").Op(":").Add(w.ctx()),
		jen.Id("Task").Op(":").Lit(w.fn.Task),
		jen.Id("Retries").Op(":").Add(w.retryCount()),
	}
	if p.Cap.IsSet() {
		fields = append(fields, jen.Id("Cap").Op(":").Add(w.duration(p.Cap.Value)))
	}
	if p.Within.IsSet() {
		fields = append(fields, jen.Id("Within").Op(":").Add(w.duration(p.Within.Value)))
	}
	if start != "" {
		fields = append(fields, jen.Id("Started").Op(":").Id(start))
	}
	if w.fn.Budget != nil {
		fields = append(fields, jen.Id("Budget").Op(":").Add(w.ref(w.fn.Budget)))
	}
	if w.fn.Notify != nil {
		fields = append(fields, jen.Id("Notify").Op(":").Add(w.ref(w.fn.Notify)))
	}
	literal := w.imported(loopPath, "retryloop", "Loop")
	if len(fields) <= 4 {
		return literal.Values(fields...)
	}
	return literal.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, fields...)
}

// retryCount writes the number of retries, which the environment gives where nothing else does.
func (w *wrapper) retryCount() *jen.Statement {
	switch retries := w.fn.Policy.Retries; {
	case retries.State == policy.None:
		return jen.Lit(0)
	case !retries.IsSet() && w.fn.Flow:
		return w.imported(loopPath, "retryloop", "FlowRetries").Call()
	case !retries.IsSet():
		return w.imported(loopPath, "retryloop", "TaskRetries").Call()
	case retries.Value < 0:
		return w.imported(retryPath, "retry", "Unlimited")
	default:
		return jen.Lit(retries.Value)
	}
}

// retries writes the loop itself.
func (w *wrapper) retries(loop string) []jen.Code {
	asks := jen.Id(loop).Dot("Again").Call(w.err())
	if w.asksResults() {
		asks = jen.Id(loop).Dot("Left").Call(w.err())
	}
	conditions, simple := w.conditions(loop)
	again := w.results().Op("=").Add(w.attempt(jen.Id(loop).Dot("Attempt").Call()))

	if simple != nil {
		asks.Op("&&").Add(simple)
	}
	for _, i := range w.fn.Requests {
		check := w.imported(httpPath, "loophttp", "CanRewind").Call(jen.Op("&").Id(loop), jen.Id(w.params[i]))
		if len(conditions) > 0 {
			conditions = append(conditions, breakUnless(check))
		} else {
			asks.Op("&&").Add(check)
		}
	}
	release := w.release()
	rewind := w.rewind(loop)
	if len(conditions)+len(release) == 0 && rewind == nil {
		short := jen.For(asks.Clone().Op("&&").Id(loop).Dot("Wait").Call(w.wait(loop))).Block(again)
		if w.fits(short, 1) {
			return []jen.Code{short}
		}
	}
	body := append(conditions, w.waiting(loop, release, rewind)...)
	return []jen.Code{jen.For(asks).Block(append(body, again)...)}
}

// breakUnless leaves the loop unless all of the conditions hold.
func breakUnless(condition *jen.Statement, more ...jen.Code) *jen.Statement {
	s := jen.Op("!").Add(condition)
	for _, other := range more {
		s.Op("||").Op("!").Add(other)
	}
	return jen.If(s).Block(jen.Break())
}

// rewind makes every request fresh for the next attempt.
func (w *wrapper) rewind(loop string) []jen.Code {
	var calls []jen.Code
	for _, i := range w.fn.Requests {
		calls = append(calls, w.imported(httpPath, "loophttp", "Rewind").Call(jen.Op("&").Id(loop), jen.Op("&").Id(w.params[i])))
	}
	return calls
}

// release gives back what an attempt's results hold, once it is decided that they are not wanted.
func (w *wrapper) release() []jen.Code {
	var s []jen.Code
	plain := len(w.locals)
	if w.fn.Error {
		plain--
	}
	zeroed := map[int]bool{}
	if discard := w.fn.Discard; discard != nil {
		var args []jen.Code
		if discard.Context {
			args = append(args, w.ctx())
		}
		for i, name := range w.locals {
			if i < plain || discard.Error {
				args = append(args, jen.Id(name))
			}
			if i < plain {
				zeroed[i] = true
			}
		}
		s = append(s, w.ref(&discard.Ref).Call(args...))
	}
	for _, i := range w.fn.Responses {
		s = append(s, w.imported(httpPath, "loophttp", "Discard").Call(jen.Id(w.locals[i])))
		zeroed[i] = true
	}
	var left, right []jen.Code
	for i, name := range w.locals {
		if zeroed[i] {
			left = append(left, jen.Id(name))
			right = append(right, w.zero(w.fn.Sig.Results().At(i).Type()))
		}
	}
	if len(left) > 0 {
		s = append(s, jen.List(left...).Op("=").List(right...))
	}
	return s
}

// end returns what the loop came to.
func (w *wrapper) end(loop string) []jen.Code {
	ended := jen.Id(loop).Dot("End").Call(w.err())
	settled := map[int]jen.Code{}
	if w.asksResults() && w.fn.Error {
		for _, i := range w.fn.Responses {
			settled[i] = w.imported(httpPath, "loophttp", "Settle").Call(jen.Op("&").Id(loop), jen.Id(w.locals[i]), w.err())
		}
	}
	if w.bare || !w.fn.Error {
		return w.endApart(ended, settled)
	}
	var values []jen.Code
	for i, name := range w.locals[:len(w.locals)-1] {
		if settled[i] != nil {
			values = append(values, settled[i])
			continue
		}
		values = append(values, jen.Id(name))
	}
	return []jen.Code{jen.Return(append(values, ended)...)}
}

// endApart ends the loop in a statement of its own: no result takes its error, or none may be copied.
func (w *wrapper) endApart(ended jen.Code, settled map[int]jen.Code) []jen.Code {
	var s []jen.Code
	for i := range w.locals {
		if settled[i] != nil {
			s = append(s, jen.Id(w.locals[i]).Op("=").Add(settled[i]))
		}
	}
	switch {
	case !w.fn.Error && w.bare:
		return append(s, ended, jen.Return())
	case !w.fn.Error:
		return append(s, ended, jen.Return(w.results()))
	default:
		return append(s, w.err().Op("=").Add(ended), jen.Return())
	}
}

func number(f float64) *jen.Statement { return jen.Op(strconv.FormatFloat(f, 'f', -1, 64)) }
