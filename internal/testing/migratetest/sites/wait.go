package sites

import "fmt"

// wait writes the wait, and what changes the delay behind it.
func (l *loop) wait() (waits, grows string) {
	if l.one(25) {
		return "", ""
	}
	delay, prepare, grows := l.delay()
	if l.one(10) && !l.random {
		prepare += fmt.Sprintf("sim.Note(\"waiting %%v\", %s)\n", delay)
	}
	if grows != "" && l.one(4) {
		prepare, grows = grows+"\n"+prepare, "" // it grows before the wait
	}
	return prepare + l.sleeps(delay), grows
}

// delay chooses how long to wait.
func (l *loop) delay() (delay, prepare, grows string) {
	base := l.pick("time.Second", "200*time.Millisecond", "d", "c.d")
	most := l.pick("4*time.Second", "c.max")
	switch kind := l.IntN(14); {
	case kind < 3:
		return base, "", ""
	case kind < 6 && l.index != "":
		return l.formula(base)
	case kind < 10:
		return l.grown(base, most)
	case kind == 10 && l.index != "":
		return "delayOf(" + l.index + ")", "", ""
	case kind == 11 && !l.timed():
		l.random = true
		return l.pick("rand.N("+base+"+1)", base+"/2+rand.N("+base+"/2+1)", base+"+rand.N(time.Second)"), "", ""
	case kind == 12:
		return "wait", "wait := " + base + "\nif errors.Is(err, sim.ErrBusy) {\nwait = 3*time.Second\n}\n", ""
	}
	return base, "", ""
}

// formula computes the delay from the number of the retry.
func (l *loop) formula(base string) (delay, prepare, grows string) {
	k := l.index
	simple := k
	if k != "i" {
		simple = "(" + k + ")"
	}
	formula := l.pick(
		base+" << "+simple, base+" * time.Duration(1<<uint("+k+"))", "time.Duration("+k+"+1) * "+base,
		"time.Duration(math.Pow(2, float64("+k+"))) * "+base, "time.Duration(math.Pow(2, float64("+k+")) * float64("+base+"))",
		"time.Duration("+k+") * "+base, "time.Duration(math.Pow(1.5, float64("+k+")) * float64(time.Second))",
		"[]time.Duration{time.Second, 3*time.Second, 2*time.Second}[min("+k+", 2)]", "c.delays[min("+k+", len(c.delays)-1)]",
		"time.Duration("+simple+"*"+simple+") * time.Second",
	)
	if l.one(2) {
		return formula, "", ""
	}
	prepare = "wait := " + formula + "\n"
	if l.one(2) {
		prepare += "if wait > " + l.pick("4*time.Second", "c.max") + " {\nwait = " + l.pick("4*time.Second", "4*time.Second", "c.max") + "\n}\n"
	}
	return "wait", prepare, ""
}

// grown lets a variable grow.
func (l *loop) grown(base, most string) (delay, prepare, grows string) {
	l.before = append(l.before, "delay := "+base)
	grows = l.pick("delay *= 2", "delay = delay * 3 / 2", "delay += time.Second", "delay = min(delay*2, "+most+")",
		"delay *= 2\nif delay > "+most+" {\ndelay = "+most+"\n}", "if delay < "+most+" {\ndelay *= 2\n}",
		"if delay *= 2; delay > "+most+" {\ndelay = "+most+"\n}", "delay = time.Duration(float64(delay) * 1.5)", "delay <<= 1")
	if l.one(8) && !l.timed() {
		l.random = true
		return "wait", "wait := delay + rand.N(delay/2+1)\n", grows
	}
	return "delay", "", grows
}

// sleeps waits.
func (l *loop) sleeps(delay string) string {
	kind := l.IntN(12)
	if !l.ctx && kind >= 4 {
		kind = kind % 3
	}
	cut := l.pick(l.fail("ctx.Err()"), l.fail("ctx.Err()"), "return "+l.zero()+"ctx.Err()")
	if !l.pre || l.outer {
		cut = l.pick(cut, cut, l.fail("err"))
	}
	if l.outer && l.one(5) {
		cut = "break again"
	}
	switch kind {
	case 0, 1:
		return "time.Sleep(" + delay + ")"
	case 2:
		return "<-time.After(" + delay + ")"
	case 3:
		return "nap(" + delay + ")"
	case 4:
		return "timer := time.NewTimer(" + delay + ")\nselect {\ncase <-ctx.Done():\ntimer.Stop()\n" + cut + "\ncase <-timer.C:\n}"
	case 5:
		return "if err := sleep(ctx, " + delay + "); err != nil {\n" + l.fail("err") + "\n}"
	case 6:
		return "if !pause(ctx, " + delay + ") {\n" + cut + "\n}"
	case 7:
		note := l.pick("", "", "sim.Note(\"cut\")\n")
		return "select {\ncase <-time.After(" + delay + "):\ncase <-ctx.Done():\n" + note + cut + "\n}"
	case 10:
		return l.pick("_ = sleep(ctx, "+delay+")", "sleep(ctx, "+delay+")", "select {\ncase <-ctx.Done():\ncase <-time.After("+delay+"):\n}")
	case 11:
		if l.pre {
			break // it would go round for ever
		}
		return "select {\ncase <-ctx.Done():\ncontinue\ncase <-time.After(" + delay + "):\n}"
	case 8:
		return "if e := sleep(ctx, " + delay + "); e != nil {\n" + l.pick(l.fail("e"), "return "+l.zero()+"e") + "\n}"
	}
	return "select {\ncase <-ctx.Done():\n" + cut + "\ncase <-time.After(" + delay + "):\n}"
}

// timed reports whether the time limits the attempts: then random waits make their number a matter of luck.
func (l *loop) timed() bool {
	return l.declared("start :=") || l.declared("deadline :=")
}
