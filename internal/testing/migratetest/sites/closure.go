package sites

import (
	"fmt"
	"strings"
)

// call is a call of a library that is being written.
type call struct {
	*writer
	lib       string // the name of its package
	before    []string
	value     bool   // the attempt has a text as its result
	permanent string // a function that marks errors; "" if there is none
	retryable string // the same for errors that are retried
	after     []string
}

// closure writes a site that calls a library.
func (w *writer) closure() string {
	c := &call{writer: w}
	var body string
	switch w.IntN(9) {
	case 0:
		body = c.cenkalti4()
	case 1, 2, 3:
		body = c.cenkalti5()
	case 4, 5:
		body = c.avast()
	case 6:
		body = c.sethvargo()
	case 7:
		body = c.kube()
	default:
		body = c.wait()
	}
	text := strings.Join(append(c.before, body), "\n")
	text += "\n" + strings.Join(c.after, "\n")
	name := w.name("site")
	return fmt.Sprintf("func (c *client) %s(ctx context.Context, n int, d time.Duration) (string, error) {\n%s}\n\n"+
		"func Run%d(ctx context.Context, p sim.Params) (string, error) {\nreturn newClient(p).%[1]s(ctx, p.N, p.D)\n}\n", name, text, w.number)
}

// ctx is the context of an attempt.
func (c *call) ctx() string { return c.pick("ctx", "ctx", "ctx", "ctx", "context.Background()") }

// duration is a value for an option.
func (c *call) duration() string {
	return c.pick("time.Second", "200*time.Millisecond", "500*time.Millisecond", "d", "c.d")
}

// work writes the function that is tried: func() error, or with a text. Params are its parameters.
func (c *call) work(params string) string {
	result, zero := "error", ""
	if c.value {
		result, zero = "(string, error)", `"", `
	}
	if !c.value && c.permanent == "" && c.retryable == "" && params == "" && c.one(6) {
		return "func() error { return sim.Call(" + c.ctx() + ") }"
	}
	var list []string
	add := func(s ...string) { list = append(list, s...) }
	if c.one(6) {
		add(c.pick("c.count++", `sim.Note("trying")`, "defer sim.Note(\"deferred\")", "count++"))
		if list[0] == "count++" {
			c.before = append(c.before, "count := 0")
			c.after = append(c.after, `sim.Note("%d attempts", count)`)
		}
	}
	assign := "err := sim.Call(" + c.ctx() + ")"
	if c.value {
		assign = "v, err := sim.Get(" + c.ctx() + ")"
	} else if c.one(3) {
		c.before = append(c.before, "var v string")
		assign = c.pick("var err error\nv, err = sim.Get("+c.ctx()+")", "got, err := sim.Get("+c.ctx()+")\nv += got")
		c.after = append(c.after, `sim.Note("value %s", v)`)
	}
	add(assign)
	if c.permanent != "" && c.one(2) {
		add("if "+c.pick("sim.IsFatal(err)", "err != nil && sim.IsFatal(err)", "errors.Is(err, sim.ErrFatal)")+" {",
			"return "+zero+c.permanent+"("+c.pick("err", "err", "sim.ErrGaveUp", `fmt.Errorf("no use: %w", err)`)+")", "}")
	}
	failed := "err"
	if c.retryable != "" {
		failed = c.retryable + "(err)"
		if c.one(3) {
			add("if sim.IsFatal(err) {", "return "+zero+"err", "}")
		}
	}
	if c.one(4) || c.retryable != "" {
		add("if err != nil {", c.pick("", `sim.Note("failed: %v", err)`, "c.last = err"), "return "+zero+c.pick(failed, failed, failed), "}")
		if c.value {
			add("return v, nil")
		} else {
			add("return nil")
		}
	} else if c.value {
		add("return v, " + failed)
	} else {
		add("return " + failed)
	}
	return "func(" + params + ") " + result + " {\n" + strings.Join(list, "\n") + "\n}"
}

// finish writes what follows from the result of the call, which is in err, or v and err.
func (c *call) finish(callText string) string {
	left, value := "err", `""`
	if c.value {
		left, value = "v, err", "v"
	}
	declares := strings.Contains(strings.Join(c.before, "\n"), "var v string")
	if declares {
		value = "v"
	}
	if len(c.after) == 0 && c.value && c.one(3) {
		return "return " + callText
	}
	text := left + " := " + callText + "\n"
	text += strings.Join(c.after, "\n") + "\n"
	c.after = nil
	switch c.IntN(4) {
	case 0:
		text += "if err != nil {\nreturn " + c.pick(value, `""`) + ", " + c.pick("err", `fmt.Errorf("site: %w", err)`, "sim.ErrGaveUp") + "\n}\n"
	case 1:
		text += "if errors.Is(err, sim.ErrFatal) {\nreturn \"\", sim.ErrGaveUp\n}\n"
	}
	return text + "return " + value + ", err"
}

// told is a function that is told of retries.
const told = "func(err error, wait time.Duration) {\nsim.Note(\"%v waiting %v\", err, wait)\n}"

// backoff is a backoff of cenkalti.
func (c *call) backoff() string {
	switch c.IntN(5) {
	case 0, 1:
		return c.lib + ".NewConstantBackOff(" + c.duration() + ")"
	case 2:
		return c.pick("&"+c.lib+".ZeroBackOff{}", "&"+c.lib+".ConstantBackOff{Interval: "+c.duration()+"}", "&"+c.lib+".StopBackOff{}")
	}
	c.before = append(c.before, "eb := "+c.lib+".NewExponentialBackOff()")
	if c.one(8) {
		c.random = true
		if c.lib == "backoff4" {
			c.before = append(c.before, "eb.MaxElapsedTime = 0")
		}
	} else {
		c.before = append(c.before, "eb.RandomizationFactor = 0")
	}
	set := func(n int, text string) {
		if c.one(n) {
			c.before = append(c.before, text)
		}
	}
	set(2, "eb.InitialInterval = "+c.duration())
	set(2, "eb.Multiplier = "+c.pick("2", "1.5", "3", "1"))
	set(2, "eb.MaxInterval = "+c.pick("3*time.Second", "c.max", "time.Minute"))
	if c.lib == "backoff4" && !c.random {
		set(2, "eb.MaxElapsedTime = "+c.pick("0", "5111*time.Millisecond", "c.max"))
	}
	return "eb"
}

func (c *call) cenkalti4() string {
	c.lib, c.permanent, c.value = "backoff4", "backoff4.Permanent", c.one(2)
	b := c.backoff()
	if c.one(2) {
		b = "backoff4.WithMaxRetries(" + b + ", " + c.pick("3", "2", "1", "uint64(n)", "0") + ")"
	}
	if c.one(2) {
		b = "backoff4.WithContext(" + b + ", ctx)"
		if c.one(3) {
			b = "backoff4.WithMaxRetries(" + b + ", 2)"
		}
	}
	name := "Retry"
	if c.value {
		name = "RetryWithData"
	}
	work := c.work("")
	if c.one(4) {
		name = map[string]string{"Retry": "RetryNotify", "RetryWithData": "RetryNotifyWithData"}[name]
		return c.finish("backoff4." + name + "(" + work + ", " + b + ", " + told + ")")
	}
	return c.finish("backoff4." + name + "(" + work + ", " + b + ")")
}

func (c *call) cenkalti5() string {
	c.lib = c.pick("backoff5", "backoff6", "backoff7")
	c.permanent, c.value = c.lib+".Permanent", true
	var options []string
	if c.one(5) {
		c.random = true // the default
	} else {
		options = append(options, c.lib+".WithBackOff("+c.backoff()+")")
	}
	if !c.one(3) {
		options = append(options, c.lib+".WithMaxTries("+c.pick("3", "2", "1", "uint(n)", "0")+")")
	}
	if c.random {
		options = append(options, c.lib+".WithMaxElapsedTime(0)")
	} else if c.one(2) {
		options = append(options, c.lib+".WithMaxElapsedTime("+c.pick("0", "5111*time.Millisecond", "c.max")+")")
	}
	if c.one(4) && !c.random {
		options = append(options, c.lib+".WithNotify("+told+")")
	}
	args := append([]string{c.pick("ctx", "ctx", "ctx", "context.Background()"), c.work("")}, options...)
	return c.finish(c.lib + ".Retry(" + strings.Join(args, ", ") + ")")
}
