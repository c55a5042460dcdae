package report

import (
	"slices"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// verdict sums a policy up.
func verdict(p *Policy, a *Assumptions) section {
	v := p.Forecast.Verdict
	s := section{id: "verdict", title: "Verdict", says: verdictSays(p), warns: unknown(p)}
	if m := p.Forecast.Outage; m != nil && m.Metastable {
		s.warns = append(s.warns, metastable(m))
	}
	s.assumes = say("Assumed: @; attempts fail independently of one another; the caller sets no deadline.", attemptTakes(a)...)
	if p.Forecast.Simulated {
		s.assumes = append(s.assumes, say(" Percentiles come from simulated calls, with an error of about one per cent, "+
			"and a few per cent for the rarest; the seed is @.", span{text: exact(a.Seed), value: exact(a.Seed)})...)
	}
	if n := len(p.Forecast.Timeline); n > 0 && n < v.Attempts && !p.Forecast.Simulated && !endless(p.Forecast) {
		s.warns = append(s.warns, noRoom(n))
	}
	if v.Saturated {
		s.warns = append(s.warns, say("The schedule [saturates|saturated]: its waits reach the longest duration there is. "+
			"A cap would bound them."))
	}
	return s
}

// noRoom says how many attempts of a call fit into “within” if its waits are as short as they can be.
func noRoom(n int) sentence {
	if n == 1 {
		return say("“within” leaves no room for a [retry]: even the shortest first [wait] ends after it.")
	}
	return say("“within” leaves no room for more than @ [attempts|attempt], even if all [waits|wait] are short.", whole(n))
}

func attemptTakes(a *Assumptions) []span {
	if a.AttemptTime == 0 {
		return []span{words("an attempt takes no time")}
	}
	s := seconds(a.AttemptTime)
	s.text = "an attempt takes " + s.text
	return []span{s}
}

func verdictSays(p *Policy) []sentence {
	f, v := p.Forecast, p.Forecast.Verdict
	var list []sentence
	if p.Total != nil {
		list = append(list, sayTotal(p)...)
	}
	list = append(list, sayAttempts(p))
	if *p.Retries != 0 {
		list = append(list, sayWaits(p))
	}
	list = append(list, sayOpen(p)...)
	if !v.Knows(forecast.FigureReset) {
		list = append(list, say("All figures describe one series: “reset” begins a new one."))
	}
	if v.Reset > 0 {
		list = append(list, say("An attempt that runs for @ or longer before it fails begins a new series: retries and delays "+
			"start again. All figures describe one series.", seconds(v.Reset)))
	}
	if *p.Retries != 0 {
		list = append(list, sayRemote(p)...)
	}
	list = append(list, sayCall(f))
	if *p.Retries != 0 && !lacks(f, forecast.UnknownDelay) {
		list = append(list, saySurvive(f))
	}
	if v.Unbounded {
		return append(list, say("Calls never [give up]."))
	}
	return append(list, say("If 10"+units.NBSP+"% of attempts fail, @ of calls [give up], and @ if 50"+
		units.NBSP+"% fail.", givenUp(v.GiveUp10), givenUp(v.GiveUp50)))
}

// givenUp shows the share of calls that give up. A share that rounds to zero is shown as below the smallest one.
func givenUp(x float64) span {
	s := share(x)
	if x == 0 {
		s.text = units.Below
	}
	return s
}

// sayRemote says what is different where an engine makes the call.
func sayRemote(p *Policy) []sentence {
	if !p.Options.Remote.IsSet() {
		return nil
	}
	return []sentence{say("Figures are for calls in place. The server of an engine may make each [wait] up to 1" + units.NBSP +
		"s longer, and a wait of 0 about 1" + units.NBSP + "s.")}
}

func sayAttempts(p *Policy) sentence {
	v := p.Forecast.Verdict
	switch {
	case v.Unbounded:
		return say("Unlimited [attempts|attempt]: [retries|retry] never run out.")
	case v.Attempts == Unlimited:
		return say("Unlimited [attempts|attempt], until “within” is over.")
	case lacks(p.Forecast, forecast.UnknownRetries):
		return say("At most @ [attempt], and no [retry], unless the environment says otherwise.", whole(v.Attempts))
	case *p.Retries == 0:
		return say("At most @ [attempt], and no [retry].", whole(v.Attempts))
	case *p.Retries == 1:
		return say("At most @ [attempts|attempt], @ of them a [retry].", whole(v.Attempts), whole(*p.Retries))
	}
	return say("At most @ [attempts|attempt], @ of them [retries|retry].", whole(v.Attempts), whole(*p.Retries))
}

// sayTotal says what the retries inside a policy's retries add to it.
func sayTotal(p *Policy) []sentence {
	t := p.Total
	total := say("With the [retries inside it|chain], a call makes at most @ [attempts|attempt]", attempts(t.Attempts))
	switch {
	case t.Attempts == Unlimited:
		total = say("With the [retries inside it|chain], nothing bounds the [attempts|attempt] of a call")
	case t.MoreAttempts:
		total = say("With the [retries inside it|chain], a call makes @ [attempts|attempt] or more", attempts(t.Attempts))
	}
	switch {
	case t.Unbounded:
		total = append(total, say(", and nothing bounds how long it [waits|wait].")...)
	case t.MoreWait:
		total = append(total, say(", and it [waits|wait] @ or longer at worst.", longTime(t.Wait))...)
	default:
		total = append(total, say(", and it [waits|wait] @ at worst.", longTime(t.Wait))...)
	}
	list := []sentence{total}
	if t.Why != "" && (t.MoreAttempts && t.Attempts != Unlimited || t.MoreWait && !t.Unbounded) {
		list = append(list, say("There may be more: @.", code(t.Why)))
	}
	return append(list, say("The figures below describe this layer alone."))
}

// decider returns what may decide the options of which a policy says nothing, and its waits.
func (p *Policy) decider() (options, waits string) {
	if p.Key != "" {
		return "the directive or the environment", "the directive"
	}
	return "the environment", "a function"
}

func sayWaits(p *Policy) sentence {
	f := p.Forecast
	mean, worst := longTime(f.Verdict.MeanWait), longTime(f.Verdict.WorstWait)
	switch {
	case lacks(f, forecast.UnknownDelay):
		_, other := p.decider()
		return say("How long a call [waits|wait] is not known: " + other + " or the environment decides.")
	case f.Verdict.Unbounded:
		return say("While every attempt fails, a call [waits|wait] for ever: the first thousand retries alone take @ on average.", mean)
	case endless(f):
		return say("While every attempt fails, a call [waits|wait] @ at worst; the first thousand retries alone take @ on average.", worst, mean)
	case units.Saturated(f.Verdict.MeanWait):
		return say("While every attempt fails, a call [waits|wait] @.", mean)
	case mean.text == worst.text:
		return say("While every attempt fails, a call [waits|wait] @ in all.", worst)
	}
	return say("While every attempt fails, a call [waits|wait] @ on average and @ at worst.", mean, worst)
}

func sayCall(f *forecast.Forecast) sentence {
	v := f.Verdict
	switch {
	case !v.Knows(forecast.FigureWorstCall):
		return say("How long a [call|worst call] takes at worst depends on that.")
	case v.Unbounded:
		return say("Nothing bounds how long a [call|worst call] takes: attempts are unlimited.")
	case v.Reset > 0 && v.WorstCall == 0:
		return say("Nothing bounds how long a [call|worst call] takes: there may be any number of series.")
	case v.WorstCall > 0 && lacks(f, forecast.UnknownDelay) && v.Attempts > 1:
		return say("A [call|worst call] takes more than @ at worst: each attempt has a timeout.", longTime(v.WorstCall))
	case v.WorstCall > 0:
		return say("A [call|worst call] takes @ at worst: each attempt has a timeout.", longTime(v.WorstCall))
	case v.Attempts == Unlimited:
		return say("“within” bounds when the last attempt begins, but not how long the [call|worst call] takes.")
	}
	return say("Nothing bounds how long a [call|worst call] takes: an attempt has no timeout.")
}

func saySurvive(f *forecast.Forecast) sentence {
	most, half := longTime(f.Verdict.Outlive99), longTime(f.Verdict.Outlive50)
	switch {
	case f.Verdict.Unbounded:
		return say("Calls [survive] any outage.")
	case endless(f):
		return say("Calls [survive] an outage of more than @ that starts with the call: the first thousand retries take that long.", half)
	case most.text == half.text:
		return say("Calls [survive] an outage of @ that starts with the call.", half)
	}
	return say("If an outage starts with the call, 99"+units.NBSP+"% of calls [survive] one of @, 50"+units.NBSP+"% one of @.", most, half)
}

// lacks reports whether a forecast could not know something.
func lacks(f *forecast.Forecast, u forecast.Unknown) bool { return slices.Contains(f.Unknown, u) }

// endless reports whether there are more retries than a forecast has followed; “within” may end them before.
func endless(f *forecast.Forecast) bool {
	return lacks(f, forecast.UnknownEnd) && len(f.Timeline) > forecast.Horizon
}

// unknown says what a forecast could not know.
func unknown(p *Policy) []sentence {
	f := p.Forecast
	options, waits := p.decider()
	var list []sentence
	for _, u := range f.Unknown {
		switch u {
		case forecast.UnknownRetries:
			list = append(list, say("No retries are written, so "+options+" may set them. The forecast is of none."))
		case forecast.UnknownDelay:
			list = append(list, say("The waits are "+waits+"'s or the environment's. They are left out, so all times are too short."))
		case forecast.UnknownBudget:
			list = append(list, say("The numbers of the [budget] are the program's. The forecast is without it."))
		case forecast.UnknownGuard:
			list = append(list, say("A guard is asked before each attempt. The forecast is without it: it may refuse attempts or make them wait."))
		case forecast.UnknownEnd:
			if endless(f) {
				list = append(list, say("Only the first thousand retries are looked at."))
			}
		default:
			list = append(list, say("Not known: @.", words(string(u))))
		}
	}
	return list
}
