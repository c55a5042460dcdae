package growth

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// expression is what is known of an expression before it runs. It runs for each attempt, so that this is looked up once.
type expression struct {
	t        types.Type
	number   number
	isNumber bool
	delay    bool  // a time.Duration
	constant bool  // v is its only value
	isType   bool  // it names a type
	v        value // of a constant
	place    *slot // that it reads; nil for none
	call     *callee
}

// callee is what a call calls.
type callee struct {
	builtin        string // the name of a builtin function, "" for any other
	path, function string // "math/rand", "Int63n"
	loaded         *slot  // what x.Load() reads
	fn             *types.Func
	backoff        *Backoff // what is known of a function of another package, nil for nothing
	sig            *types.Signature
	numbers        bool // one of its results is a number
	takes          kind // what becomes of the delays among its arguments
}

// about returns what is known of an expression.
func (m *machine) about(e ast.Expr) *expression {
	x := m.fn.known[e]
	if x == nil {
		x = m.look(e)
		if m.fn.known == nil {
			m.fn.known = map[ast.Expr]*expression{}
		}
		m.fn.known[e] = x
	}
	return x
}

func (p *program) look(e ast.Expr) *expression {
	x := p.newExpression()
	x.t = p.info.TypeOf(e)
	x.number, x.isNumber = numberOf(x.t)
	x.delay = isDuration(x.t)
	tv := p.info.Types[e]
	x.isType = tv.IsType()
	if tv.Value != nil {
		n, _ := constant.Float64Val(constant.ToFloat(tv.Value))
		x.constant, x.v = true, exactly(n)
	}
	if at, ok := placeOf(p.info, e); ok && at.root != nil {
		x.place = p.slotOf(at)
	}
	if call, ok := e.(*ast.CallExpr); ok {
		x.call = p.callee(call)
	}
	return x
}

// newExpression returns one of many that are made at once.
func (p *program) newExpression() *expression {
	if len(p.spare) == 0 {
		p.spare = make([]expression, 32)
	}
	x := &p.spare[0]
	p.spare = p.spare[1:]
	return x
}

func (p *program) callee(call *ast.CallExpr) *callee {
	c := &callee{fn: syntax.Callee(p.info, call), takes: passed}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && p.info.Types[call.Fun].IsBuiltin() {
		c.builtin = id.Name
	}
	c.path, c.function = cutName(syntax.FullName(p.info, call))
	if at, ok := loaded(p.info, call); ok {
		c.loaded = p.slotOf(at)
	}
	if t := p.info.TypeOf(call.Fun); t != nil {
		c.sig, _ = t.Underlying().(*types.Signature)
		c.numbers = c.sig != nil && returnsNumbers(c.sig)
	}
	if c.fn != nil {
		c.fn = c.fn.Origin()
		c.backoff = p.imported(c.fn)
		if c.fn.Pkg() != p.pkg && c.sig != nil {
			c.builtin = extreme(c.fn.Name(), c.sig)
		}
		if soundsLikeDelay(c.fn.Name()) || isTimer[nameOfTimer(c.fn)] {
			c.takes = waited
		}
	}
	return c
}

// extremes matches the names of functions that return the smaller or the larger of two numbers.
var extremes = regexp.MustCompile(`(?i)^(min|max)(imum)?(of)?(dur|duration|u?int(32|64)?|float(64)?)?$`)

// extreme returns "min" or "max" if the name and the type of a function say that it returns the smaller or the larger of two numbers,
// otherwise "".
func extreme(called string, sig *types.Signature) string {
	params, results := sig.Params(), sig.Results()
	name := extremes.FindStringSubmatch(called)
	if name == nil || params.Len() != 2 || results.Len() != 1 {
		return ""
	}
	t := results.At(0).Type()
	if _, number := numberOf(t); !number || !types.Identical(params.At(0).Type(), t) || !types.Identical(params.At(1).Type(), t) {
		return ""
	}
	return strings.ToLower(name[1])
}

// isExtreme reports whether a call returns the smaller or the larger of some numbers.
func isExtreme(info *types.Info, call *ast.CallExpr) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && (id.Name == "min" || id.Name == "max") {
		return true
	}
	fn := syntax.Callee(info, call)
	sig, ok := info.TypeOf(call.Fun).(*types.Signature)
	return fn != nil && ok && extreme(fn.Name(), sig) != ""
}

func returnsNumbers(sig *types.Signature) bool {
	for v := range sig.Results().Variables() {
		if _, number := numberOf(v.Type()); number {
			return true
		}
	}
	return false
}

// imported returns what is known of a function of another package, nil for nothing.
func (p *program) imported(fn *types.Func) *Backoff {
	if fn.Pkg() == nil || fn.Pkg() == p.pkg {
		return nil
	}
	fact := new(Backoff)
	if !p.pass.ImportObjectFact(fn, fact) {
		return nil
	}
	return fact
}
