package sites

import (
	"fmt"
	"strings"
)

// loop is a loop that is being written.
type loop struct {
	*writer
	before []string // statements in front of the loop
	head   string   // up to the brace
	begin  []string // statements of a round before the attempt
	behind []string // and at its end
	label  bool     // it is left by a label

	counter string // "" if there is none
	index   string // the number of the coming retry from 0, where the loop waits; "" if it is not known
	limit   string // a condition that holds behind the last attempt, inside of the loop; "" if the head ends it
	last    string // a condition that holds in the last round, if the head ends the loop

	value  string // "", "text" or "answer": what an attempt has as a result beside its error
	named  bool   // results are named v and err
	outer  bool   // err, and v, are variables outside of the loop
	ctx    bool   // the function has a context
	pre    bool   // it waits before all attempts but the first
	tracks bool   // a variable lastErr holds the last error
}

func newLoop(w *writer) *loop {
	l := &loop{writer: w, value: w.pick("", "text", "text", "answer"), ctx: !w.one(4)}
	l.named = w.one(4)
	l.outer = l.named || w.one(2)
	l.tracks = !l.outer && w.one(2)
	return l
}

// zero are the results of a return without success, up to the error.
func (l *loop) zero() string {
	switch {
	case l.value == "":
		return ""
	case l.outer && l.one(2):
		return "v, "
	case l.value == "answer":
		return "nil, "
	}
	return `"", `
}

func (l *loop) success() string {
	switch {
	case l.named && l.one(3):
		return "return"
	case l.value == "":
		return "return nil"
	case l.one(4):
		return "return v, err"
	}
	return "return v, nil"
}

// fail returns a statement that gives up, with an error that is in a variable.
func (l *loop) fail(err string) string {
	switch {
	case err == "":
		return "return " + l.zero() + l.pick("sim.ErrGaveUp", `errors.New("nothing helped")`, "sim.ErrGaveUp")
	case l.named && err == "err" && l.one(3):
		return "return"
	}
	made := l.pick(err, err, `fmt.Errorf("site: %w", `+err+")", `fmt.Errorf("site failed: %v", `+err+")", "sim.ErrGaveUp")
	return "return " + l.zero() + made
}

// write writes the file without its imports.
func (l *loop) write() string {
	l.heads()
	target, call := l.target()
	body := l.round(call)
	params, args := "ctx context.Context, ", "ctx, "
	if !l.ctx {
		params, args = "", ""
	}
	results := map[string]string{"": "error", "text": "(string, error)", "answer": "(*sim.Answer, error)"}[l.value]
	if l.named {
		results = map[string]string{"": "(err error)", "text": "(v string, err error)", "answer": "(v *sim.Answer, err error)"}[l.value]
	}
	text := fmt.Sprintf("%s\nfunc (c *client) %s(%sn int, d time.Duration) %s {\n%s}\n", target, l.name("site"), params, results, body)
	call = fmt.Sprintf("newClient(p).%s(%sp.N, p.D)", l.name("site"), args)
	switch l.value {
	case "":
		call = "return \"\", " + call
	case "text":
		call = "return " + call
	default:
		call = "a, err := " + call + "\nreturn fmt.Sprintf(\"%+v\", a), err"
	}
	return text + fmt.Sprintf("\nfunc Run%d(ctx context.Context, p sim.Params) (string, error) {\n%s\n}\n", l.number, call)
}

// round writes the body of the function.
func (l *loop) round(call string) string {
	waits, grows := l.wait()
	var list []string
	list = append(list, l.head+" {")
	begin := l.begin
	if l.pre && l.counter != "" {
		if l.one(2) {
			list, begin = append(list, l.begin...), nil
		}
		list = append(list, "if "+l.notFirst()+" {", waits, "}")
		waits = ""
	}
	list = append(list, begin...)
	if l.one(8) {
		list = append(list, `sim.Note("trying")`)
	}
	if l.one(10) && l.ctx {
		list = append(list, "if ctx.Err() != nil {", l.fail("ctx.Err()"), "}")
	}
	l.extras()
	list = append(list, l.judge(call, waits, grows)...)
	list = append(list, "}")
	if strings.Contains(strings.Join(list, "\n"), "break again") {
		list = append([]string{"", "again:"}, list...)
	}
	pre := l.before
	if l.outer && !l.named {
		pre = append(pre, "var err error")
		switch l.value {
		case "text":
			pre = append(pre, "var v string")
		case "answer":
			pre = append(pre, "var v *sim.Answer")
		}
	}
	if l.tracks {
		pre = append(pre, "var lastErr error")
	}
	text := strings.Join(append(pre, list...), "\n") + "\n"
	if !l.neverEnds(text) {
		text += l.end()
	}
	return text
}

// neverEnds reports whether nothing behind the loop can be reached.
func (l *loop) neverEnds(text string) bool {
	return strings.HasPrefix(l.head, "for {") || l.head == "for" && !strings.Contains(text, "break") ||
		strings.HasSuffix(l.head, "; ; "+l.counter+"++") && !strings.Contains(text, "break")
}

// end is what stands behind the loop.
func (l *loop) end() string {
	err := l.errAfter()
	text := ""
	if l.one(6) {
		text += "sim.Note(\"over: %v\", " + or(err, "c.state") + ")\n"
	}
	if l.outer {
		text += "if err == nil {\n" + l.success() + "\n}\n"
	}
	if l.counter != "" && strings.Contains(strings.Join(l.before, "\n"), l.counter+" :=") && l.one(3) {
		text += `sim.Note("%d rounds", ` + l.counter + ")\n"
	}
	return text + l.fail(err) + "\n"
}

func (l *loop) errAfter() string {
	switch {
	case l.outer:
		return "err"
	case l.tracks:
		return "lastErr"
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
