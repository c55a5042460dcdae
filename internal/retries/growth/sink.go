package growth

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// sink is a delay that leaves the computation.
type sink struct {
	node  ast.Node
	kind  kind
	value value
}

// kind is what becomes of a delay.
type kind uint8

const (
	waited        kind = iota // it is waited for
	passed                    // a function takes it
	returnedDelay             // the function returns it
	stored                    // it is kept
	comparedDelay             // it is compared with a time that has passed
)

// delayWords are in the names of functions that compute a delay, or wait for one.
var delayWords = []string{"backoff", "back_off", "delay", "sleep", "wait", "pause", "interval", "cooldown"}

func soundsLikeDelay(name string) bool {
	name = strings.ToLower(name)
	for _, word := range delayWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// showCondition shows the delays in a condition: those that calls take, and those that are compared with a time that has passed.
func (m *machine) showCondition(cond ast.Expr, in *env) {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		switch x := ast.Unparen(cond).(type) {
		case *ast.UnaryExpr:
			m.showCondition(x.X, in)
		case *ast.CallExpr:
			m.eval(x, in)
		}
		return
	}
	if b.Op == token.LAND || b.Op == token.LOR {
		m.showCondition(b.X, in)
		m.showCondition(b.Y, in)
		return
	}
	if !m.about(b.X).delay {
		return
	}
	for _, side := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		if m.elapsed(m.fn, side[0], 2) {
			m.show(sink{side[1], comparedDelay, m.eval(side[1], in)})
		}
	}
}

var sinceNames = syntax.NameSet("time.Since", "time.Time.Sub")

// elapsed reports whether an expression is the time since something, or a variable that holds it.
func (p *program) elapsed(f *function, e ast.Expr, depth int) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return sinceNames[syntax.FullName(p.info, call)]
	}
	at, ok := placeOf(p.info, e)
	if !ok || at.path != "" || depth == 0 {
		return false
	}
	for _, w := range f.writes[at.root] {
		if w.value != nil && p.elapsed(f, w.value, depth-1) {
			return true
		}
	}
	return false
}

// showArguments shows the delays among the arguments of a call.
func (m *machine) showArguments(x *ast.CallExpr, called *callee, args []value) {
	params := called.sig.Params()
	for i, arg := range args {
		if i < params.Len() && isDuration(params.At(i).Type()) {
			m.show(sink{x.Args[i], called.takes, arg})
		}
	}
}

var isTimer = syntax.NameSet("time.Sleep", "time.After", "time.NewTimer", "time.NewTicker", "time.Tick", "time.AfterFunc",
	"(*time.Timer).Reset", "(*time.Ticker).Reset")
