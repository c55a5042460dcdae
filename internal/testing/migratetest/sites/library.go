package sites

import "strings"

func (c *call) avast() string {
	c.lib = c.pick("avast3", "avast4", "avast4", "avast5")
	c.permanent, c.value = c.lib+".Unrecoverable", c.lib != "avast3" && c.one(3)
	p := c.lib + "."
	var options []string
	add := func(n int, text string) {
		if c.one(n) {
			options = append(options, p+text)
		}
	}
	if !c.one(4) {
		options = append(options, p+"Attempts("+c.pick("3", "4", "uint(n)", "1", "2")+")")
	}
	switch c.IntN(5) {
	case 0, 1:
		options = append(options, p+"DelayType("+p+"FixedDelay)")
	case 2, 3:
		options = append(options, p+"DelayType("+p+"BackOffDelay)")
	default:
		c.random = true
	}
	add(2, "Delay("+c.duration()+")")
	if !c.random {
		add(3, "MaxDelay("+c.pick("3*time.Second", "c.max")+")")
	}
	add(2, "LastErrorOnly("+c.pick("true", "true", "false")+")")
	add(2, "Context(ctx)")
	add(4, "RetryIf("+c.pick("func(err error) bool { return !sim.IsFatal(err) }", "sim.Retryable")+")")
	add(4, "OnRetry(func(n uint, err error) { sim.Note(\"retry %d: %v\", n, err) })")
	work := c.work("")
	if c.lib == "avast5" {
		made := "avast5.New(" + strings.Join(options, ", ") + ").Do("
		if c.value {
			made = "avast5.NewWithData[string](" + strings.Join(options, ", ") + ").Do("
		}
		return c.finish(made + work + ")")
	}
	name := "Do("
	if c.value {
		name = "DoWithData("
	}
	return c.finish(p + name + strings.Join(append([]string{work}, options...), ", ") + ")")
}

func (c *call) sethvargo() string {
	c.lib, c.retryable, c.value = "sethvargo", "sethvargo.RetryableError", c.one(3)
	b := "sethvargo." + c.pick("NewConstant", "NewExponential", "NewFibonacci") + "(" +
		c.pick("time.Second", "200*time.Millisecond", "500*time.Millisecond") + ")"
	if c.one(3) {
		b = "sethvargo.WithCappedDuration(" + c.pick("3*time.Second", "c.max") + ", " + b + ")"
	}
	if !c.one(4) {
		b = "sethvargo.WithMaxRetries(" + c.pick("3", "2", "uint64(n)", "0") + ", " + b + ")"
	}
	if c.one(4) {
		b = "sethvargo.WithMaxDuration(" + c.pick("5111*time.Millisecond", "c.max") + ", " + b + ")"
	}
	if c.one(3) {
		c.before = append(c.before, "b := "+b)
		b = "b"
	}
	name := "Do"
	if c.value {
		name = "DoValue"
	}
	return c.finish("sethvargo." + name + "(ctx, " + b + ", " + c.work("ctx context.Context") + ")")
}

// steps is a backoff of Kubernetes.
func (c *call) steps() string {
	b := "wait.Backoff{Steps: " + c.pick("3", "4", "n", "1") + ", Duration: " + c.duration()
	if c.one(2) {
		b += ", Factor: " + c.pick("2", "1.5", "1")
	}
	if c.one(4) {
		c.random = true
		b += ", Jitter: 0.5"
	}
	if c.one(4) {
		b += ", Cap: 3*time.Second"
	}
	return b + "}"
}

func (c *call) kube() string {
	b := c.pick(c.steps(), "kube.DefaultRetry", "kube.DefaultBackoff")
	if strings.HasPrefix(b, "kube.") {
		c.random = true
	}
	if strings.Contains(b, "Jitter") {
		c.random = true
	}
	retryable := c.pick("sim.Retryable", "func(err error) bool { return !sim.IsFatal(err) }", "func(error) bool { return true }")
	return c.finish("kube.OnError(" + b + ", " + retryable + ", " + c.work("") + ")")
}

func (c *call) wait() string {
	b := c.steps()
	var list []string
	add := func(s ...string) { list = append(list, s...) }
	add("err := sim.Call(" + c.ctx() + ")")
	if c.one(2) {
		add("if sim.IsFatal(err) {", "return false, err", "}")
	}
	if c.one(3) {
		add("if err != nil {", `sim.Note("failed: %v", err)`, "return false, nil", "}", "return true, nil")
	} else {
		add("return err == nil, nil")
	}
	work := strings.Join(list, "\n") + "\n}"
	if c.one(2) {
		return c.finish("wait.ExponentialBackoffWithContext(ctx, " + b + ", func(ctx context.Context) (bool, error) {\n" + work + ")")
	}
	return c.finish("wait.ExponentialBackoff(" + b + ", func() (bool, error) {\n" + work + ")")
}
