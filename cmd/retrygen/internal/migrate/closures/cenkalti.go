package closures

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"

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
	within, looked := c.limitsTime(), c.looked()
	for _, o := range c.site.Policy {
		if o.Name == "within" && len(o.Operands) > 0 {
			c.site.Differ("a negative time for all retries, with which there was none, is now no limit")
		}
	}
	if looked && (c.major < 5 && !c.counts("unlimited") || c.counts("0")) {
		c.site.Differ("a context that is done after the last attempt is not looked at; before, its error was returned")
	}
	switch {
	case within && !looked:
		c.site.Policy = append(c.site.Policy, site.Text("error", "last"))
	case within && c.major < 6:
		c.site.Differ(site.DiffersWithin)
	}
	return ""
}

// counts reports whether the policy has a number of retries.
func (c *closure) counts(retries string) bool {
	return slices.ContainsFunc(c.site.Policy, func(o site.Option) bool { return o.Name == "retries" && o.Format == retries })
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

// maxRetries limits the retries. Up to version 4.0, 0 was no limit.
func (c *closure) maxRetries(s *schedule, n site.Value) string {
	if s.count.Name != "" || s.unlimited {
		return "the retries are limited twice"
	}
	open := c.major < 4 || semver.IsValid(c.Version(c.path)) && semver.Compare(c.Version(c.path), "v4.1.0") < 0
	known, ok := n.Int()
	switch {
	case ok && known == 0 && open:
		s.unlimited = true
		return ""
	case ok:
		s.retries = known
	case open:
		c.site.Differ("0 retries are none; before, WithMaxRetries took 0 as no limit")
	}
	s.count = site.Numbers("retries", n)
	return ""
}

var cenkaltiDefaults = map[string]site.Value{
	"InitialInterval": constant(500 * time.Millisecond), "RandomizationFactor": site.Constant(0.5), "Multiplier": site.Constant(1.5),
	"MaxInterval": constant(time.Minute), "MaxElapsedTime": constant(15 * time.Minute),
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
			interval = constant(0)
		}
		s.delay = site.Durations("delay", interval)
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
	for _, own := range []string{"Clock", "ClockProvider", "Stop", "RetryStopDuration"} {
		if v, ok := fields[own]; ok && !(own == "Clock" || own == "Stop") || ok && !c.isUsual(v) {
			return "the backoff has a clock or a stop value of its own"
		}
	}
	if _, ok := fields["Stop"]; !ok && r.name == "ExponentialBackOff" && fields["MaxElapsedTime"].Expr != nil && c.major < 5 {
		return "the backoff is a literal without Stop, which does not stop when the time is over"
	}
	return c.exponentialOf(fields, s)
}

// isUsual reports whether a value is what NewExponentialBackOff sets: SystemClock, Stop.
func (c *closure) isUsual(v site.Value) bool {
	sel, ok := v.Expr.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "SystemClock" || sel.Sel.Name == "Stop")
}

func (c *closure) exponentialOf(fields map[string]site.Value, s *schedule) string {
	s.first, s.base = fields["InitialInterval"], fields["Multiplier"]
	if s.base.Known == nil && s.base.Expr == nil || s.first.Known == nil && s.first.Expr == nil {
		return "the backoff is a literal without InitialInterval or Multiplier"
	}
	s.delay = site.Exponential(s.first, s.base)
	if base, ok := s.base.Float(); ok && base == 1 {
		s.delay = site.Durations("delay", s.first)
	}
	factor, known := 0.0, true
	if v, ok := fields["RandomizationFactor"]; ok {
		factor, known = v.Float()
	}
	if v, ok := fields["RandomizationFactor"]; ok {
		s.jitter = percent("", v)
	}
	if limit, ok := fields["MaxInterval"]; ok {
		s.cap = &limit
		switch {
		case known && !s.reaches(factor):
			s.cap = nil // the delays never get there
		case !s.reaches(0):
			s.cap = nil // the library limits the delay before it is drawn
		case !known:
			c.site.Differ("waits are drawn from at most MaxInterval; before, from up to RandomizationFactor more")
		case factor > 0:
			c.site.Differ(fmt.Sprintf("waits are drawn from at most MaxInterval; before, from up to %s %% more", percentText(factor)))
		}
	}
	if s.cap != nil {
		c.sayFirst(s)
	}
	if within, ok := fields["MaxElapsedTime"]; ok && c.major < 5 {
		if n, known := within.Int(); !known || n != 0 {
			s.within = &within
		}
		if c.major < 4 && s.within != nil {
			c.site.Differ("a retry that would begin after MaxElapsedTime is not waited for; before, only the time that had passed was compared")
		}
	}
	return ""
}

// sayFirst says what the library does with a first delay above the longest, and with a longest one of 0.
func (c *closure) sayFirst(s *schedule) {
	first, known := s.first.Int()
	limit, constant := s.cap.Int()
	if !known || !constant || first > limit {
		c.site.Differ("a first delay above MaxInterval was waited for; now no wait is longer than that")
	}
	if !constant || limit <= 0 {
		c.site.Differ("a MaxInterval of 0 or less, with which only the first retry was waited for, is now no maximum")
	}
}

func percentText(factor float64) string { return strconv.FormatFloat(factor*100, 'f', -1, 64) }
