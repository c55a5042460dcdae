package closures

import (
	"go/ast"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// cenkalti reads github.com/cenkalti/backoff.
func (c *closure) cenkalti() string {
	if c.major >= 5 {
		return c.cenkaltiFive()
	}
	name := c.fn.Name()
	if strings.Contains(name, "WithTimer") {
		return "the retries have a timer of their own"
	}
	backoff, why := c.made(c.call.Args[1], nil)
	if why != "" {
		return why
	}
	if why := c.cenkaltiPolicy(backoff); why != "" {
		return why
	}
	if why := c.operation(c.call.Args[0]); why != "" {
		return why
	}
	if why := c.permanent(); why != "" {
		return why
	}
	if len(c.call.Args) > 2 {
		c.notify(c.call.Args[2])
	}
	return c.cenkaltiError()
}

// notify adds a function that is called before each wait.
func (c *closure) notify(e ast.Expr) {
	if c.isNil(e) {
		return
	}
	for _, o := range c.site.Policy {
		if o.Name == "delay" && len(o.Operands) > 0 {
			c.site.Differ("the function that is told of retries is told 0 for a negative delay")
		}
	}
	if c.looked() || c.limitsTime() {
		c.site.Differ("the function that is told of retries is not called if the context or the time ends them before a wait")
	}
	c.site.Policy = append(c.site.Policy, site.Option{Name: "notify", Hook: &site.Hook{
		Func: c.hookOf(e), Args: []site.Arg{{Word: "err"}, {Word: "wait"}},
	}})
}

// looked reports whether a context that may end is looked at.
func (c *closure) looked() bool { return c.site.Context != nil && !c.isFresh(c.site.Context) }

// limitsTime reports whether the policy limits the time for all retries.
func (c *closure) limitsTime() bool {
	return slices.ContainsFunc(c.site.Policy, func(o site.Option) bool { return o.Name == "within" })
}

// cenkaltiError says what the error of the call is.
func (c *closure) cenkaltiError() string {
	if c.looked() && !c.older("v4.1.1") && (c.major < 5 && !c.counts("unlimited") || c.counts("0")) {
		c.site.Differ("a context that is done after the last attempt is not looked at; before, its error was returned")
	}
	for _, o := range c.site.Policy {
		if o.Name == "within" && len(o.Operands) > 0 {
			c.site.Differ("a negative time for all retries, with which there was none, is now no limit")
		}
	}
	if c.major < 6 {
		c.late()
	}
	if c.looked() && c.endsLast() && !c.limitsTime() {
		c.site.Policy = append(c.site.Policy, site.Text("error", "last"))
	}
	return ""
}

// counts reports whether the policy has a number of retries.
func (c *closure) counts(retries string) bool {
	return slices.ContainsFunc(c.site.Policy, func(o site.Option) bool { return o.Name == "retries" && o.Format == retries })
}

// late says what the error is when the time for all retries is over. Where no context can end the retries it stays the same.
func (c *closure) late() {
	if !slices.ContainsFunc(c.site.Policy, func(o site.Option) bool { return o.Name == "within" }) {
		return
	}
	if !c.looked() || c.endsLast() {
		c.site.Policy = append(c.site.Policy, site.Text("error", "last"))
		return
	}
	c.site.Differ(site.DiffersWithin)
}

// cenkaltiPolicy turns a backoff of versions 1 to 4, with what is wrapped around it.
func (c *closure) cenkaltiPolicy(r *recipe) string {
	s := &schedule{retries: -1}
	for {
		switch r.name {
		case "WithMaxRetries":
			n, why := c.arg(r, 1)
			if why != "" {
				return why
			}
			if why := c.maxRetries(s, n); why != "" {
				return why
			}
		case "WithContext":
			if why := c.context(r, 1); why != "" {
				return why
			}
			if s.count.Name != "" && c.older("v3.2.0") {
				c.site.Differ("the context ends a wait; before, below WithMaxRetries it was looked at only between waits")
			}
		default:
			return c.cenkaltiBackoff(r, s)
		}
		if len(r.parts) != 1 {
			return "how the policy was made is not known"
		}
		r = r.parts[0]
	}
}

// context takes the context from an argument of a recipe.
func (c *closure) context(r *recipe, i int) string {
	if r.scope != nil {
		if v, why := c.value(r.args[i], r.scope); why != "" || v.Expr == r.args[i] && !c.isFresh(v.Expr) {
			return "the context of the retries is known only in another function"
		} else if c.site.Context == nil {
			c.looksAt(v.Expr)
		}
		return ""
	}
	if c.site.Context == nil {
		c.looksAt(r.args[i])
	}
	return ""
}

// maxRetries limits the retries. Up to version 3, 0 is no limit.
func (c *closure) maxRetries(s *schedule, n site.Value) string {
	known, ok := n.Int()
	if s.count.Name != "" {
		if !ok || s.retries < 0 {
			return "the retries are limited twice"
		}
		if known >= s.retries {
			return ""
		}
	}
	switch {
	case ok && known == 0 && c.major < 4:
		s.unlimited = true
		return ""
	case ok:
		s.retries = known
	case c.major < 4:
		c.site.Differ("0 retries are none; before, WithMaxRetries took 0 as no limit")
	}
	s.count = site.Numbers("retries", n)
	return ""
}

var cenkaltiDefaults = map[string]site.Value{
	"InitialInterval": known(500 * time.Millisecond), "RandomizationFactor": site.Constant(0.5), "Multiplier": site.Constant(1.5),
	"MaxInterval": known(time.Minute), "MaxElapsedTime": known(15 * time.Minute),
}

// cenkaltiBackoff turns the innermost backoff, and adds the options of the schedule.
func (c *closure) cenkaltiBackoff(r *recipe, s *schedule) string {
	switch r.name {
	case "NewConstantBackOff", "ConstantBackOff":
		interval, ok := r.fields["Interval"]
		if !ok && r.name == "NewConstantBackOff" {
			var why string
			if interval, why = c.arg(r, 0); why != "" {
				return why
			}
		} else if !ok {
			interval = known(0)
		}
		s.delay = site.Durations("delay", interval)
	case asked:
		return c.ask(r, s)
	case "ZeroBackOff":
	case "StopBackOff":
		s.count, s.retries, s.unlimited = site.Text("retries", "0"), 0, false
	case "NewExponentialBackOff", "ExponentialBackOff":
		if why := c.exponential(r, s); why != "" {
			return why
		}
	default:
		return "the backoff " + r.name + " is not one of the library"
	}
	s.unlimited = s.unlimited || s.count.Name == ""
	c.add(s)
	return ""
}

// exponential turns an exponential backoff of any version.
func (c *closure) exponential(r *recipe, s *schedule) string {
	fields := map[string]site.Value{}
	if r.name == "NewExponentialBackOff" {
		for name, v := range cenkaltiDefaults {
			fields[name] = v
		}
	}
	for _, option := range r.parts {
		name := strings.TrimPrefix(option.name, "With")
		v, why := c.arg(option, 0)
		if why != "" {
			return why
		}
		fields[name] = v
	}
	for name, v := range r.fields {
		fields[name] = v
	}
	if why := c.fitsBackOff(r, fields); why != "" {
		return why
	}
	return c.exponentialOf(fields, s)
}

// fitsBackOff says what is unusual about an exponential backoff, "" if nothing is.
func (c *closure) fitsBackOff(r *recipe, fields map[string]site.Value) string {
	for _, own := range []string{"Clock", "ClockProvider", "Stop", "RetryStopDuration"} {
		if v, ok := fields[own]; ok && !(own == "Clock" || own == "Stop") || ok && !c.isUsual(v) {
			return "the backoff has a clock or a stop value of its own"
		}
	}
	if r.kept || r.name != "ExponentialBackOff" {
		return ""
	}
	for _, name := range []string{"InitialInterval", "Multiplier", "MaxInterval"} {
		if !fields[name].IsSet() {
			return "the backoff is a literal without " + name
		}
	}
	if c.major >= 5 {
		return ""
	}
	if !fields["Clock"].IsSet() {
		return "the backoff is a literal without Clock, with which the library panics"
	}
	if n, known := fields["MaxElapsedTime"].Int(); !fields["Stop"].IsSet() && fields["MaxElapsedTime"].IsSet() && !(known && n == 0) {
		return "the backoff is a literal without Stop, which does not stop when the time is over"
	}
	return ""
}

// isUsual reports whether a value is what NewExponentialBackOff sets: SystemClock, Stop.
func (c *closure) isUsual(v site.Value) bool {
	sel, ok := v.Expr.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "SystemClock" || sel.Sel.Name == "Stop")
}

func (c *closure) exponentialOf(fields map[string]site.Value, s *schedule) string {
	s.first, s.base = fields["InitialInterval"], fields["Multiplier"]
	if base, ok := s.base.Float(); ok && base <= 0 {
		return "the Multiplier of the backoff is not positive"
	}
	s.delay = site.Exponential(s.first, s.base)
	if base, ok := s.base.Float(); ok && base == 1 {
		s.delay = site.Durations("delay", s.first)
	}
	factor, known := 0.0, true
	if v, ok := fields["RandomizationFactor"]; ok {
		factor, known = v.Float()
		if factor < 0 || factor > 1 {
			return "the RandomizationFactor of the backoff is not between 0 and 1"
		}
		s.jitter = percent("", v)
	}
	if within, ok := fields["MaxElapsedTime"]; ok && c.major < 5 {
		n, known := within.Int()
		if known && n < 0 {
			return "the MaxElapsedTime of the backoff is negative"
		}
		if !known || n != 0 {
			s.within = &within
		}
		if c.older("v4.0.2") && s.within != nil {
			c.site.Differ("a retry that would begin after MaxElapsedTime is not waited for; before, only the time that had passed was compared")
		}
	}
	if known && !c.older("v4.0.2") {
		s.least = 1 - factor
	}
	c.maxInterval(s, fields["MaxInterval"], factor, known)
	return ""
}
