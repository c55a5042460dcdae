package report

import (
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// keyFigure is a number that describes a policy, or the reason why there is none.
type keyFigure struct {
	span
	Order float64 // to sort by: the worse, the larger; what is not known comes first
	Why   string  // it is not a number, or is no bound; "" for a number
}

// unknownFirst is the order of what is not known.
const unknownFirst = 1e300

// Show returns the figure as HTML.
func (f keyFigure) Show() any { return sentence{f.span}.markup() }

// notKnown is a figure that nobody knows, for a reason.
func notKnown(why string) keyFigure { return keyFigure{span{text: "not known"}, unknownFirst, why} }

// shaping are the options by which an outage is survived, or not.
var shaping = []string{"attempts", "retries", "delay", "jitter", "cap", "within"}

// known reports whether there is a forecast. There is none of a policy whose retries or waits only the program knows.
func (p *Policy) known() bool { return !p.Forecast.Partial }

// open returns the figure of what has no forecast, for the names that some options have for values.
func (p *Policy) open(options []string) keyFigure {
	var names []string
	for _, v := range p.Forecast.Open {
		if slices.Contains(options, v.Option) && !slices.Contains(names, v.Name) {
			names = append(names, strings.TrimPrefix(v.Name, "."))
		}
	}
	text, why := "depends on ", "only the running program knows its value"
	switch len(names) {
	case 0:
		return notKnown("there is no forecast of a policy whose other options have names for values")
	case 1:
		text += names[0]
	case 2:
		text, why = text+names[0]+" and "+names[1], "only the running program knows their values"
	default:
		text, why = text+names[0]+" and others", "only the running program knows their values"
	}
	return keyFigure{span{text: text}, unknownFirst, why}
}

// whyWaits says why the waits of a policy are not known, "" if they are.
func (p *Policy) whyWaits() string {
	switch {
	case !lacks(p.Forecast, forecast.UnknownDelay):
		return ""
	case p.Options.HasDelayFunc():
		return p.Options.Delay.Value.Func.String() + " decides how long to wait"
	}
	options, _ := p.decider()
	return options + " may set the delay"
}

// attemptsFigure is the most attempts of one call, with the retries inside it.
func (p *Policy) attemptsFigure() keyFigure {
	if _, counted := p.Options.Attempts(); !counted {
		return p.open([]string{"attempts", "retries"})
	}
	f := keyFigure{span: attempts(p.Worst.Attempts), Order: float64(p.Worst.Attempts)}
	switch {
	case p.Worst.Attempts == Unlimited:
		f.Order = unknownFirst / 10
	case p.Worst.MoreAttempts:
		options, _ := p.decider()
		f.text += " or more"
		f.Why = p.whyMore(options + " may set retries")
	}
	return f
}

// whyMore says why a bound is none.
func (p *Policy) whyMore(otherwise string) string {
	if p.Worst.Why != "" {
		return p.Worst.Why
	}
	return otherwise
}

// surviveFigure is the outage that 99 % of calls survive.
func (p *Policy) surviveFigure() keyFigure {
	if !p.known() {
		return p.open(shaping)
	}
	v := p.Forecast.Verdict
	switch {
	case v.Unbounded:
		return keyFigure{span{text: "any"}, -unknownFirst, "retries never run out"}
	case p.whyWaits() != "" && *p.Retries != 0:
		return notKnown(p.whyWaits())
	case endless(p.Forecast):
		f := keyFigure{span: seconds(v.Outlive50), Order: -v.Outlive50, Why: "only the first thousand retries are looked at"}
		f.text = "over " + f.text
		return f
	}
	return keyFigure{span: seconds(v.Outlive99), Order: -v.Outlive99}
}

// waitFigure is the worst total wait of one call, with the retries inside it.
func (p *Policy) waitFigure() keyFigure {
	if !p.known() {
		return p.open(shaping)
	}
	f := keyFigure{span: seconds(p.Worst.Wait), Order: p.Worst.Wait}
	switch {
	case p.Worst.Unbounded:
		return keyFigure{span{text: "no bound"}, unknownFirst / 10, "nothing bounds how long a call waits"}
	case p.Worst.MoreWait && p.Worst.Wait == 0:
		return notKnown(p.whyMore(p.whyWaits()))
	case p.Worst.MoreWait:
		f.text += " or more"
		f.Why = p.whyMore(p.whyWaits())
	}
	return f
}

// busiestFigure is the share of clients that retry within the busiest 100 ms, if all fail at once.
func (p *Policy) busiestFigure() keyFigure {
	if !p.known() {
		return p.open(shaping)
	}
	h := p.Forecast.Herd
	switch {
	case h == nil:
		return keyFigure{span{text: "–"}, -1, "nothing is retried"}
	case p.whyWaits() != "":
		return notKnown(p.whyWaits())
	}
	return keyFigure{span: share(h.All.Busiest100ms), Order: h.All.Busiest100ms}
}

// peakFigure is the load at its highest, "" without an outage.
func (p *Policy) peakFigure() keyFigure {
	if p.Forecast.Outage == nil {
		return keyFigure{}
	}
	if !p.known() {
		return p.open(shaping)
	}
	return keyFigure{span: multiple(p.Forecast.Outage.Peak), Order: p.Forecast.Outage.Peak}
}

// percent99 is how the head of a column calls 99 of 100.
var percent99 = "99" + units.NBSP + "%"
