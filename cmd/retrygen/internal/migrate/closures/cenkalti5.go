package closures

import (
	"go/ast"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// cenkaltiFive reads versions 5 to 7.
func (c *closure) cenkaltiFive() string {
	c.looksAt(c.call.Args[0])
	s := &schedule{retries: -1}
	within := known(15 * time.Minute)
	backoff := &recipe{name: "NewExponentialBackOff"}
	var notify ast.Expr
	options, why := c.options(2)
	if why != "" {
		return why
	}
	for _, o := range options {
		if o.name == "WithNotify" {
			notify = o.args[0]
			continue
		}
		if o.name == "WithBackOff" {
			if len(o.parts) != 1 {
				return "how the backoff was made is not known"
			}
			backoff = o.parts[0]
			continue
		}
		v, why := c.arg(o, 0)
		if why != "" {
			return why
		}
		switch o.name {
		case "WithMaxTries":
			c.maxTries(s, v)
		case "WithMaxElapsedTime":
			within = v
		default:
			return "the option " + o.name + " has no counterpart"
		}
	}
	if n, ok := within.Int(); !ok || n != 0 {
		s.within = &within
	}
	if why := c.cenkaltiBackoff(backoff, s); why != "" {
		return why
	}
	if why := c.operation(c.call.Args[1]); why != "" {
		return why
	}
	if why := c.permanent(); why != "" {
		return why
	}
	if last := c.site.Policy; c.major == 5 && !c.judged && s.count.Name != "" && len(last) > 0 && last[len(last)-1].Name == "if" {
		c.site.Differ("the error of the last attempt has no mark; before, one that was not worth a retry kept it there")
	}
	if notify != nil {
		c.notify(notify)
	}
	if c.major >= 6 {
		c.site.Differ("the error is the last attempt's own, or a *retry.Error if the retries are cut short; " +
			"before, it was always a *backoff.RetryError")
	}
	return c.cenkaltiError()
}

// maxTries limits the attempts. 0 is no limit.
func (c *closure) maxTries(s *schedule, v site.Value) {
	n, ok := v.Int()
	switch {
	case ok && n == 0:
		s.unlimited = true
		return
	case ok:
		s.retries = n - 1
	default:
		c.site.Differ("0 tries are one attempt; before, 0 was no limit")
	}
	s.count = site.Numbers("attempts", v)
}

// options follows the options of the call, from an argument on.
func (c *closure) options(from int) ([]*recipe, string) {
	var list []*recipe
	for i := from; i < len(c.call.Args); i++ {
		arg := c.call.Args[i]
		if c.call.Ellipsis.IsValid() && i == len(c.call.Args)-1 {
			more, why := c.list(arg, nil)
			if why != "" {
				return nil, why
			}
			list = append(list, more...)
			continue
		}
		one, why := c.made(arg, nil)
		if why != "" {
			return nil, why
		}
		list = append(list, one)
	}
	return list, ""
}
