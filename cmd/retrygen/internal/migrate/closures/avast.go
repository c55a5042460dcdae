package closures

import (
	"go/ast"
	"strings"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// avast reads github.com/avast/retry-go.
func (c *closure) avast() string {
	options, why := c.avastOptions()
	if why != "" {
		return why
	}
	const usual = 100 * time.Millisecond
	a := &avastConfig{closure: c, attempts: site.Constant(10), delay: known(usual), jitter: known(usual)}
	for _, o := range options {
		if why := a.option(o); why != "" {
			return why
		}
	}
	if why := a.policy(); why != "" {
		return why
	}
	if why := c.operation(c.call.Args[0]); why != "" {
		return why
	}
	n, known := a.attempts.Int()
	endless := known && n == 0 // then the library asks both
	if c.judged = a.judges(); c.judged && !endless && c.site.Work.Lit != nil && len(c.marks(c.site.Work.Lit)) > 0 {
		c.site.Differ("an error that is marked as unrecoverable ends the retries; before, the function of RetryIf alone decided")
	}
	if why := c.permanent(); why != "" {
		return why
	}
	a.functions()
	a.errors()
	a.unlimited()
	return ""
}

// avastOptions follows the options of Do, or those of the retrier that Do is a method of.
func (c *closure) avastOptions() ([]*recipe, string) {
	if c.fn.Signature().Recv() == nil {
		return c.options(1)
	}
	sel, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, "Do is called through a function value"
	}
	retrier, why := c.made(sel.X, nil)
	if why != "" {
		return nil, why
	}
	if retrier.name != "New" && retrier.name != "NewWithData" {
		return nil, "how the retrier was made is not known"
	}
	return retrier.parts, ""
}

// avastConfig is what options say.
type avastConfig struct {
	*closure
	attempts, delay, jitter, limit site.Value
	kinds                          []string // of delays that are added
	retryIf, onRetry               ast.Expr
	lastOnly, wrapsLast            bool
	ctx                            ast.Expr
	own                            *ast.FuncLit // that computes delays
	except                         []ast.Expr   // errors after which there is no retry
}

// option reads one option.
func (a *avastConfig) option(o *recipe) string {
	switch o.name {
	case "WithTimer":
		return "the retries have a timer of their own"
	case "WithThrottle", "WithFixedTokenBucketThrottle":
		return "the retries have a throttle; budget= with a retry.Budget is the like of it, and counts in another way"
	case "AttemptsForError":
		return a.attemptsFor(o)
	case "UntilSucceeded":
		a.attempts = site.Constant(0)
		return ""
	case "DelayType":
		return a.delayType(o)
	case "RetryIf":
		a.retryIf = o.args[0]
		return ""
	case "OnRetry":
		a.onRetry = o.args[0]
		return ""
	case "Context":
		if o.scope != nil {
			return "the context of the retries is known only in another function"
		}
		a.ctx = o.args[0]
		return ""
	}
	v, why := a.arg(o, 0)
	if why != "" {
		return why
	}
	switch o.name {
	case "Attempts":
		a.attempts = v
	case "Delay":
		a.delay = v
	case "MaxDelay":
		a.limit = v
	case "MaxJitter":
		a.jitter = v
	case "LastErrorOnly", "WrapContextErrorWithLastError":
		if v.Known == nil {
			return o.name + " depends on a variable"
		}
		if o.name == "LastErrorOnly" {
			a.lastOnly = v.Known.String() == "true"
		} else {
			a.wrapsLast = v.Known.String() == "true"
		}
	default:
		return "the option " + o.name + " has no counterpart"
	}
	return ""
}

// delayType reads which delays are added.
func (a *avastConfig) delayType(o *recipe) string {
	e := ast.Unparen(o.args[0])
	if lit, ok := a.hookOf(e).(*ast.FuncLit); ok && o.scope == nil {
		return a.ownDelay(lit)
	}
	if name := a.nameOf(e); name != "" {
		a.kinds, a.own = []string{name}, nil
		return ""
	}
	call, ok := e.(*ast.CallExpr)
	if !ok || a.nameOf(call.Fun) != "CombineDelay" {
		return "the delays come from a function of their own"
	}
	a.kinds, a.own = nil, nil
	for _, arg := range call.Args {
		name := a.nameOf(arg)
		if name == "" {
			return "the delays come from a function of their own"
		}
		a.kinds = append(a.kinds, name)
	}
	return ""
}

// policy turns counts and delays.
func (a *avastConfig) policy() string {
	s := &schedule{retries: -1}
	n, known := a.attempts.Int()
	switch {
	case known && n == 0 && a.major < 4:
		return "Attempts(0) makes no attempt at all"
	case known && n == 0:
		s.unlimited = true
	case known:
		s.count, s.retries = site.Numbers("attempts", a.attempts), n-1
	default:
		s.count = site.Numbers("attempts", a.attempts)
		if a.major < 4 {
			a.site.Differ("0 attempts are one; before, they were none")
		} else {
			a.site.Differ("0 attempts are one; before, 0 was no limit")
		}
	}
	if a.own != nil {
		a.hooked(s)
	} else if why := a.delays(s); why != "" {
		return why
	}
	if a.ctx != nil {
		a.plainEnd = a.lastOnly && !s.unlimited || s.unlimited && !a.wrapsLast
		a.looksAt(a.ctx)
		a.site.LooksFirst = true
	}
	a.add(s)
	if n := len(a.except); n > 0 {
		a.site.Policy = append(a.site.Policy, site.Option{
			Name: "except", Format: strings.TrimPrefix(strings.Repeat(",%s", n), ","), Operands: a.except,
		})
	}
	return ""
}

// delays turns the types of delays into a schedule and a jitter.
func (a *avastConfig) delays(s *schedule) string {
	kinds := a.kinds
	if kinds == nil {
		kinds = []string{"BackOffDelay", "RandomDelay"}
	}
	has := map[string]bool{}
	for _, k := range kinds {
		if has[k] {
			return "a type of delays is added twice"
		}
		has[k] = true
	}
	random, ok := a.jitter.Int()
	switch {
	case has["FullJitterBackoffDelay"] && len(kinds) == 1:
		a.twice(s)
		s.jitter = site.Text("jitter", "full")
	case has["FullJitterBackoffDelay"], has["BackOffDelay"] && has["FixedDelay"]:
		return "the types of delays are added in a way that has no counterpart"
	case len(kinds) == 1 && has["RandomDelay"]:
		s.delay, s.jitter = site.Durations("delay", a.jitter), site.Text("jitter", "full")
		s.first, s.base = a.jitter, site.Constant(1)
	case has["FixedDelay"]:
		s.first, s.base = a.delay, site.Constant(1)
		s.delay = site.Durations("delay", a.delay)
	default:
		a.backOff(s)
	}
	if has["RandomDelay"] && len(kinds) == 2 && !(ok && random == 0) {
		switch first, known := s.first.Int(); {
		case !known:
			a.site.Differ("where the delay is 0 or less, nothing random is added to it; before, it was")
		case first == 0:
			return "the delay is 0, and directives add nothing random to that"
		}
		s.jitter = a.random()
	}
	return a.cap(s, time.Duration(random)*time.Duration(len(kinds)-1))
}

// random adds MaxJitter to each delay.
func (a *avastConfig) random() site.Option {
	if n, ok := a.jitter.Int(); ok {
		return site.Text("jitter", "+"+time.Duration(n).String())
	}
	return site.Option{Name: "jitter", Format: "+%s", Operands: []ast.Expr{a.jitter.Expr}}
}

// twice makes a delay that begins with twice Delay and doubles.
func (a *avastConfig) twice(s *schedule) {
	s.base = site.Constant(2)
	if first, ok := a.delay.Int(); ok {
		s.first = known(2 * time.Duration(first))
		s.delay = site.Exponential(s.first, s.base)
		return
	}
	s.delay = site.Option{Name: "delay", Format: "exponential(%s)", Operands: []ast.Expr{a.delay.Expr}, Computed: "2 * %s"}
}

// backOff turns BackOffDelay, whose first delay depends on the version.
func (a *avastConfig) backOff(s *schedule) {
	s.first, s.base = a.delay, site.Constant(2)
	if a.major == 4 && (a.Version(a.path) == "v4.6.1" || s.unlimited && a.older("v4.7.0")) {
		a.twice(s)
		return
	}
	s.delay = site.Exponential(s.first, s.base)
}

// cap turns MaxDelay, which the library compares with the sum.
func (a *avastConfig) cap(s *schedule, random time.Duration) string {
	if a.limit.Known == nil && a.limit.Expr == nil {
		return ""
	}
	if n, ok := a.limit.Int(); ok && n == 0 {
		return ""
	}
	s.cap = &a.limit
	first, known := s.first.Int()
	spread := 0.0
	if known && first > 0 {
		spread = float64(random) / float64(first)
	}
	if !s.reaches(spread) {
		s.cap = nil
	} else if s.jitter.Name != "" && s.jitter.Format != "full" {
		a.site.Differ("at MaxDelay waits are drawn from an interval that ends there; before, longer ones were cut to it")
	}
	return ""
}
