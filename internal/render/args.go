package render

import "github.com/retrygen/retrygen/internal/directive"

// calls lists the calls with arguments in the policy.
func (fr *frame) calls() []*directive.Call {
	var list []*directive.Call
	if fr.fn.If != nil {
		list = append(list, fr.fn.If.Call)
	}
	if fr.fn.Schedule != nil {
		list = append(list, fr.fn.Schedule.Call)
	}
	if fr.fn.Notify != nil {
		list = append(list, fr.fn.Notify.Call)
	}
	if fr.fn.Discard != nil {
		list = append(list, fr.fn.Discard.Call)
	}
	return list
}

// called writes a call with the arguments that the directive names.
func (fr *frame) called(loop *name, ref *directive.Ref, c *directive.Call) code {
	return call(fr.ref(ref), fr.argumentsOf(loop, c, method(loop, "Retry"))...)
}

// argumentsOf writes the arguments of a call. The number of the coming retry is written as retry.
func (fr *frame) argumentsOf(loop *name, c *directive.Call, retry code) []code {
	var args []code
	for _, arg := range c.Args {
		args = append(args, fr.selections(fr.word(loop, arg, retry), arg))
	}
	return args
}

// word writes the root of an argument.
func (fr *frame) word(loop *name, arg *directive.Ref, retry code) code {
	switch arg.Root {
	case directive.RootResult:
		return join(fr.locals[arg.Param])
	case directive.RootContext:
		return fr.ctx()
	case directive.RootAttempt:
		return method(loop, "Attempt")
	case directive.RootRetry:
		return retry
	case directive.RootWait:
		return method(loop, "Planned")
	case directive.RootEvent:
		return method(loop, "Event")
	case directive.RootParameter:
		if sent := fr.sent[arg.Param]; sent != nil {
			return join(sent)
		}
	}
	return fr.root(arg)
}

// keepSent holds the requests of the latest attempt for calls that name them after the next attempt has got its own.
func (fr *frame) keepSent() []stmt {
	fr.sent = map[int]*name{}
	var s []stmt
	for _, i := range fr.fn.Requests {
		named := fr.fn.Notify != nil && fr.fn.Notify.Call.Of(i) || fr.fn.Discard != nil && fr.fn.Discard.Call.Of(i)
		if named {
			fr.sent[i] = invented("sent")
			s = append(s, line(declare(fr.sent[i]), " := ", fr.params[i]))
		}
	}
	return s
}
