package sites

import (
	"fmt"
	"strings"
)

// target returns the function that is tried, which may be in the site's file, and the call of it.
func (l *loop) target() (decl, call string) {
	ctx := "ctx"
	if !l.ctx || l.one(12) {
		ctx = "context.Background()"
	}
	what := map[string]string{"": "sim.Call", "text": "sim.Get", "answer": "sim.Ask"}[l.value]
	results := map[string]string{"": "error", "text": "(string, error)", "answer": "(*sim.Answer, error)"}[l.value]
	switch l.IntN(4) {
	case 0:
		return "", what + "(" + ctx + ")"
	case 1:
		f := l.name("fetch")
		return fmt.Sprintf("func %s(ctx context.Context) %s { return %s(ctx) }\n", f, results, what), f + "(" + ctx + ")"
	case 2:
		f := l.name("fetch")
		decl := "func %s(ctx context.Context, key string, n int) %s {\nsim.Note(\"%%s %%d\", key, n)\nreturn %s(ctx)\n}\n"
		return fmt.Sprintf(decl, f, results, what),
			f + "(" + ctx + ", " + l.pick(`"key"`, "c.state", `"a"+c.state`) + ", " + l.pick("7", "n", "c.count", or(l.counter, "n")) + ")"
	}
	f := l.name("fetch")
	return fmt.Sprintf("func (c *client) %s(ctx context.Context) %s { return %s(ctx) }\n", f, results, what), "c." + f + "(" + ctx + ")"
}

// extras adds what else the function does.
func (l *loop) extras() {
	if l.one(10) {
		l.before = append(l.before, `defer func() { sim.Note("left: %d %s %v", c.count, c.state, c.last) }()`)
	}
	if l.one(14) {
		l.before = append(l.before, "var seen []error", `defer func() { sim.Note("seen %v", seen) }()`)
	}
	if l.one(14) {
		l.before = append(l.before, "failures := 0", `defer func() { sim.Note("failures %d", failures) }()`)
	}
}

// declared reports whether a variable is declared in front of the loop.
func (l *loop) declared(name string) bool {
	return strings.Contains(strings.Join(l.before, "\n"), name)
}

// judge writes the attempt and what follows from its result, with the wait.
func (l *loop) judge(call, waits, grows string) []string {
	op := ":="
	if l.outer {
		op = "="
	}
	left := "err"
	if l.value != "" {
		left = "v, err"
	}
	attempt := fmt.Sprintf("%s %s %s", left, op, call)
	failure := l.failure(waits, grows)
	var list []string
	if l.one(16) {
		list = append(list, "defer sim.Note(\"deferred\")")
	}
	ok := "err == nil"
	if l.value == "answer" {
		ok = l.pick("err == nil", "err == nil && v.Code < 500", "err == nil && v.Code == 200")
	}
	style := l.IntN(7)
	if style < 4 {
		list = append(list, attempt)
		if l.one(8) {
			list = append(list, l.pick("c.count++", "c.last = err", `sim.Note("got %v", err)`, `c.state = fmt.Sprint(err)`))
		}
	}
	done := l.success()
	switch {
	case l.outer && l.one(4) && style != 3:
		done = "break"
	}
	l.label = l.outer && l.one(8)
	switch style {
	case 0, 1:
		list = append(list, "if "+ok+" {", done, "}")
		list = append(list, failure...)
	case 2:
		list = append(list, "if "+l.not(ok)+" {")
		list = append(list, failure...)
		list = append(list, append(l.behind, "continue", "}", done)...)
		return l.mark(list)
	case 3:
		list = append(list, "switch {", "case "+ok+":", l.success(), "case sim.IsFatal(err):", l.fail("err"))
		if l.one(2) {
			list = append(list, "case errors.Is(err, sim.ErrBusy):", l.pick(`sim.Note("busy")`, "c.count++", ""))
		}
		list = append(list, "}")
		list = append(list, failure...)
	case 4:
		list = append(list, "if "+attempt+"; "+ok+" {", done, "}"+l.elseBlock(failure))
	case 5:
		list = append(list, "if "+attempt+"; "+l.not(ok)+" {")
		list = append(list, failure...)
		list = append(list, "} else {", done, "}")
	default:
		fatal := l.pick("sim.IsFatal(err)", "errors.Is(err, sim.ErrFatal)")
		list = append(list, attempt, "if "+ok+" {", done, "} else if "+fatal+" {", l.fail("err"), "}")
		list = append(list, failure...)
	}
	return l.mark(append(list, l.behind...))
}

// mark has the round leave by the label.
func (l *loop) mark(list []string) []string {
	for i, s := range list {
		if s == "break" && l.label {
			list[i] = "break again"
		}
	}
	return list
}

func (l *loop) not(ok string) string {
	if ok == "err == nil" {
		return "err != nil"
	}
	return "!(" + ok + ")"
}

// elseBlock puts statements behind an if, in its else block if the error is declared in its head.
func (l *loop) elseBlock(list []string) string {
	text := strings.Join(list, "\n")
	if l.outer {
		return "\n" + text
	}
	return " else {\n" + text + "\n}"
}

// failure are the statements behind a failed attempt.
func (l *loop) failure(waits, grows string) []string {
	var list []string
	add := func(s ...string) { list = append(list, s...) }
	if l.tracks {
		add("lastErr = err")
	}
	if l.declared("seen") {
		add("seen = append(seen, err)")
	}
	if l.declared("failures") {
		add("failures++")
	}
	if l.one(3) {
		cond := l.pick("errors.Is(err, sim.ErrFatal)", "sim.IsFatal(err)", "!sim.Retryable(err)",
			"!errors.Is(err, sim.ErrDown) && !errors.Is(err, sim.ErrBusy)", "err != nil && sim.IsFatal(err)", "err == sim.ErrFatal")
		add("if "+cond+" {", l.pick(l.fail("err"), l.fail("err"), l.fail("")), "}")
	}
	if l.ctx && l.one(8) {
		add("if ctx.Err() != nil {", l.pick(l.fail("ctx.Err()"), l.fail("err")), "}")
	}
	if l.one(6) {
		add(l.note())
	}
	if l.limit != "" {
		add("if "+l.limit+" {", l.fail("err"), "}")
	}
	if l.one(5) {
		add(l.note())
	}
	if waits != "" && l.last != "" && l.one(4) {
		if l.one(2) {
			add("if "+l.last+" {", l.pick("break", l.fail("err")), "}")
			add(waits)
		} else {
			add("if !("+l.last+") {", waits, "}")
		}
	} else if waits != "" {
		add(waits)
	}
	if l.one(10) {
		add(l.note())
	}
	if grows != "" {
		add(grows)
	}
	return list
}

func (l *loop) note() string {
	if l.counter != "" && l.one(2) {
		return fmt.Sprintf("sim.Note(\"attempt %%d failed: %%v\", %s, err)", l.counter)
	}
	return l.pick(`sim.Note("failed: %v", err)`, `c.state += "x"`, "c.last = err", `sim.Note("state %s", c.state)`)
}
