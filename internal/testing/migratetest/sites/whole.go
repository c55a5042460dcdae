package sites

import (
	"fmt"
	"strings"
)

// whole writes a function whose rounds may fail in several places, each time with an error of its own.
func (w *writer) whole() string {
	l := &loop{writer: w, value: "text", ctx: !w.one(4)}
	l.heads()
	wait, grows := l.wait()
	again := strings.TrimSpace(wait + "\n" + grows)
	kept := w.pick("last", "last", "err")
	var body []string
	if l.pre && l.counter != "" {
		body = append(body, "if "+l.notFirst()+" {", again, "}")
		again = ""
	}
	body = append(body, l.begin...)
	shared := again != "" && kept == "err" && w.one(2)
	if shared {
		body = append(body, l.nestedSteps()...)
		body = append(body, again)
	} else {
		body = append(body, l.steps(kept, again)...)
	}
	behind := "return \"\", " + w.pick(kept, kept, `fmt.Errorf("gave up: %w", `+kept+")", "sim.ErrGaveUp")
	if w.one(4) {
		behind = "sim.Note(\"over: %v\", " + kept + ")\n" + behind
	}
	list := append(append(l.before, "var "+kept+" error", l.head+" {"), body...)
	text := strings.Join(append(list, "}"), "\n") + "\n"
	if !l.neverEnds(text) {
		text += behind + "\n"
	}
	params, args := "ctx context.Context, ", "ctx, "
	if !l.ctx {
		params, args = "", ""
	}
	text = fmt.Sprintf("func (c *client) %s(%sn int, d time.Duration) (string, error) {\n%s}\n", l.name("site"), params, text)
	return text + fmt.Sprintf("\nfunc Run%d(ctx context.Context, p sim.Params) (string, error) {\nreturn newClient(p).%s(%sp.N, p.D)\n}\n",
		l.number, l.name("site"), args)
}

// steps are the operations of a round one behind the other. Each that fails keeps its error, waits and goes on.
func (l *loop) steps(kept, again string) []string {
	use := ""
	if kept == "err" {
		use = "err = "
	}
	fails := func(err string) string {
		text := kept + " = " + err + "\n"
		if kept == err {
			text = ""
		}
		if l.one(4) {
			text += "sim.Note(\"failed: %v\", " + kept + ")\n"
		}
		if l.one(3) && kept == "last" {
			text = l.pick("", "sim.Note(\"oh\")\n") + kept + " = " + l.pick(`fmt.Errorf("first: %w", `+err+")", "sim.ErrBusy", err) + "\n"
		}
		return text + again + "\ncontinue"
	}
	list := []string{"a, e := sim.Ask(" + l.context() + ")"}
	if use != "" {
		list = []string{"a, e := sim.Ask(" + l.context() + ")", "err = e"}
	}
	if l.one(3) {
		list = append(list, "if errors.Is(e, sim.ErrFatal) {", "return \"\", "+l.pick("e", "e", "sim.ErrGaveUp"), "}")
	}
	list = append(list, "if e != nil {", fails("e"), "}")
	if l.one(2) {
		list = append(list, "if a.Code >= 500 {", fails(l.pick(`fmt.Errorf("code %d", a.Code)`, "sim.ErrBusy", "&sim.Coded{Code: a.Code}")), "}")
	}
	if l.one(2) {
		list = append(list, "if a.Code == 404 {", "return \"\", "+l.pick("sim.ErrGaveUp", "&sim.Coded{Code: 404}"), "}")
	}
	if l.one(3) {
		list = append(list, "if e := sim.With("+l.context()+", a.Text); e != nil {", fails("e"), "}")
	}
	return append(list, "return a.Text, nil")
}

// nestedSteps are operations inside of one another. Behind them the round waits.
func (l *loop) nestedSteps() []string {
	list := []string{"var a *sim.Answer", "a, err = sim.Ask(" + l.context() + ")"}
	if l.one(2) {
		list = append(list, "switch {", "case err != nil:", "sim.Note(\"failed: %v\", err)", "case a.Code >= 500:",
			`err = fmt.Errorf("code %d", a.Code)`, "default:", "return a.Text, nil", "}")
		return list
	}
	return append(list, "if err == nil {", "err = sim.With("+l.context()+", a.Text)", "if err == nil {", "return a.Text, nil", "}", "}")
}

// context is the context that an attempt gets.
func (l *loop) context() string {
	if l.ctx {
		return "ctx"
	}
	return "context.Background()"
}
