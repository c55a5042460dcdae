package closures

import (
	"fmt"
	"go/ast"
	"go/types"
	"math"
	"strings"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// sethvargo reads github.com/sethvargo/go-retry.
func (c *closure) sethvargo() string {
	if len(c.call.Args) != 3 {
		return "the call has other arguments than the library's"
	}
	c.looksAt(c.call.Args[0])
	c.site.LooksFirst = true
	r := &recipe{name: "New" + c.fn.Name(), args: c.call.Args[1:2]}
	if c.fn.Name() == "Do" || c.fn.Name() == "DoValue" {
		var why string
		if r, why = c.made(c.call.Args[1], nil); why != "" {
			return why
		}
		if c.madeOutside() {
			return "the backoff is made outside of the function literal or loop that uses it, and goes on where the last call ended"
		}
	}
	if why := c.sethvargoPolicy(r); why != "" {
		return why
	}
	if why := c.operation(c.call.Args[2]); why != "" {
		return why
	}
	if why := c.retryable(); why != "" {
		return why
	}
	c.late()
	c.failedResults()
	return ""
}

// madeOutside reports whether one backoff serves several calls of the library.
func (c *closure) madeOutside() bool {
	path := c.Path(c.call)
	for _, s := range c.removes {
		for _, n := range path {
			switch n.(type) {
			case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
				if !(n.Pos() <= s.Pos() && s.End() <= n.End()) {
					return true
				}
			}
		}
	}
	return false
}

// sethvargoPolicy turns a backoff with what is wrapped around it, from the outside in.
func (c *closure) sethvargoPolicy(r *recipe) string {
	s := &schedule{retries: -1}
	var spread time.Duration
	percent, inside := int64(0), false
	for strings.HasPrefix(r.name, "With") {
		if r.name == "WithFullJitter" {
			if s.jitter.Name != "" {
				return "there is more than one jitter"
			}
			s.jitter = site.Text("jitter", "full")
			inside = s.cap == nil
		} else if why := c.sethvargoLayer(r, s, &spread, &percent); why != "" {
			return why
		}
		if len(r.parts) != 1 {
			return "how the backoff was made is not known"
		}
		r = r.parts[0]
	}
	if r.name == asked {
		if s.jitter.Name != "" || s.cap != nil {
			return "a jitter or a cap is wrapped around a backoff that is not known"
		}
		return c.ask(r, s)
	}
	base, why := c.arg(r, 0)
	if why != "" {
		return why
	}
	s.first = base
	switch r.name {
	case "NewConstant":
		s.base, s.delay = site.Constant(1), site.Durations("delay", base)
	case "NewExponential":
		s.base = site.Constant(2)
		s.delay = site.Exponential(base, s.base)
	case "NewFibonacci":
		s.base = site.Constant(2) // it grows at most that fast
		c.fibonacci(s)
	default:
		return "the backoff " + r.name + " is not one of the library"
	}
	if first, ok := base.Int(); spread > 0 && (!ok || int64(spread) > first) {
		c.site.Differ("where the jitter is longer than the delay, waits are drawn from 0 on; before, what was below 0 became 0")
	}
	if _, ok := base.Int(); !ok {
		c.site.Differ("a delay of 0 or less is no wait; before, the library panicked")
	}
	s.unlimited = s.unlimited || s.count.Name == ""
	c.sethvargoCap(s, spread, percent, inside)
	c.add(s)
	return ""
}

// sethvargoLayer reads what is wrapped around a backoff.
func (c *closure) sethvargoLayer(r *recipe, s *schedule, spread *time.Duration, percent *int64) string {
	v, why := c.arg(r, 0)
	if why != "" {
		return why
	}
	n, known := v.Int()
	switch r.name {
	case "WithMaxRetries":
		if s.count.Name != "" {
			return "the retries are limited twice"
		}
		s.count = site.Numbers("retries", v)
		if known {
			s.retries = n
		}
	case "WithCappedDuration":
		if s.cap != nil {
			return "the waits are capped twice"
		}
		if known && n <= 0 {
			return "WithCappedDuration of 0 waits for nothing"
		}
		if !known {
			c.site.Differ("a WithCappedDuration of 0 or less, with which there was no wait, is now no cap")
		}
		s.cap = &v
	case "WithJitter", "WithJitterPercent":
		if s.jitter.Name != "" {
			return "there is more than one jitter"
		}
		if !known {
			s.jitter, *spread = drawnAround(r.name, v), math.MaxInt64
			if r.name == "WithJitterPercent" {
				c.site.Differ("the jitter is drawn from all numbers; before, from whole percents")
			}
			return ""
		}
		if n < 0 || r.name == "WithJitterPercent" && n > 100 {
			return "the jitter is negative, or more than 100 %"
		}
		s.jitter = site.Text("jitter", time.Duration(n).String())
		if r.name == "WithJitterPercent" {
			s.jitter = site.Text("jitter", fmt.Sprintf("%d%%", n))
			*percent = n
			c.site.Differ("the jitter is drawn from all numbers; before, from whole percents")
		} else {
			*spread = time.Duration(n)
		}
	case "WithMaxDuration":
		if known && n <= 0 {
			return "WithMaxDuration of 0 retries nothing"
		}
		if !known {
			c.site.Differ("a WithMaxDuration of 0 or less, with which nothing was retried, is now no limit")
		}
		s.within = &v
		c.site.Differ("a retry that would begin after the time of WithMaxDuration is not made; " +
			"before, the last wait was shortened, and one more retry made")
		c.site.Differ(site.DiffersWithin)
	default:
		return r.name + " has no counterpart"
	}
	return ""
}

// drawnAround returns a jitter that is known only when the program runs.
func drawnAround(name string, v site.Value) site.Option {
	if name == "WithJitterPercent" {
		return site.Option{Name: "jitter", Format: "%s%%", Operands: []ast.Expr{v.Expr}}
	}
	return site.Option{Name: "jitter", Format: "%s", Operands: []ast.Expr{v.Expr}}
}

// fibonacci turns the library's sequence, which is 1, 2, 3, 5, where the directive's is 1, 1, 2, 3, 5.
func (c *closure) fibonacci(s *schedule) {
	base, ok := s.first.Int()
	if !ok || s.retries < 0 || s.retries > 10 {
		format, operands := s.first.Duration()
		s.delay = site.Option{Name: "delay", Format: "fibonacci(" + format + ")", Operands: operands}
		c.site.Differ("the delays are 1, 1, 2, 3, 5 … times the first; before, they were 1, 2, 3, 5 …")
		return
	}
	var list []string
	a, b := base, base
	for range max(s.retries, 1) {
		list = append(list, site.Duration(time.Duration(b)))
		a, b = b, a+b
	}
	s.delay = site.Text("delay", strings.Join(list, ","))
}

// sethvargoCap says what a cap does to the jitter. Inside is a cap of the delays that a full jitter draws from.
func (c *closure) sethvargoCap(s *schedule, spread time.Duration, percent int64, inside bool) {
	if s.cap == nil {
		return
	}
	share := float64(percent) / 100
	if first, ok := s.first.Int(); ok && first > 0 {
		share = max(share, float64(spread)/float64(first))
	}
	if !s.reaches(share) {
		s.cap = nil
	} else if s.jitter.Name != "" && !inside {
		c.site.Differ("at the cap waits are drawn from an interval that ends there; before, they were cut to it or drawn beyond it")
	}
}

// retryable turns marks of errors that are retried into plain errors, and plain errors into permanent ones.
func (c *closure) retryable() string {
	if name := c.markedElsewhere(); name != "" {
		return name + " marks errors for the library; let it return them as they are, and others as retry.Permanent"
	}
	lit := c.site.Work.Lit
	if lit == nil {
		return "the function that is retried marks its errors elsewhere"
	}
	marks := map[ast.Expr]bool{}
	for _, call := range c.marks(lit) {
		marks[call] = true
	}
	why := ""
	permanent := false
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok || why != "" {
			return
		}
		if len(ret.Results) == 0 {
			why = "the work returns a named result, which may be marked"
			return
		}
		last := ast.Unparen(ret.Results[len(ret.Results)-1])
		switch {
		case marks[last]:
			call := last.(*ast.CallExpr)
			c.patch(call, c.Source(call.Args[0]))
			delete(marks, last)
		case c.isNil(last):
		case len(ret.Results) == 1 && c.isTuple(last):
			why = "the work returns the results of a call, and not only its error"
		default:
			c.patch(last, site.Retry+".Permanent("+c.Source(last)+")")
			permanent = true
		}
	})
	if why == "" && len(marks) > 0 {
		why = "the work marks an error otherwise than in a return statement"
	}
	if permanent {
		c.site.Differ(differsMark)
	}
	return why
}

func (c *closure) isTuple(e ast.Expr) bool {
	tuple, ok := c.Info.TypeOf(e).(*types.Tuple)
	return ok && tuple.Len() > 1
}
