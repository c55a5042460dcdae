package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// eval returns what an expression can be, and shows what it passes to waits.
func (m *machine) eval(e ast.Expr, in *env) value {
	known := m.about(e)
	if known.constant {
		return known.v
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return m.eval(x.X, in)
	case *ast.BinaryExpr:
		return m.binary(x, x.Op, x.X, x.Y, in)
	case *ast.UnaryExpr:
		return m.unary(x, in)
	case *ast.CallExpr:
		return m.call(x, in)
	case *ast.CompositeLit:
		m.composite(x, in)
	case *ast.FuncLit:
		return anyNumber
	case *ast.Ident, *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr:
		return m.read(e, known, in)
	}
	return m.ordinaryOf(known)
}

// read returns what a place holds.
func (m *machine) read(e ast.Expr, known *expression, in *env) value {
	if m.fn.driven.calls[e] {
		return m.attempt()
	}
	if known.place == nil {
		return m.ordinaryOf(known)
	}
	if v, ok := in.get(known.place); ok {
		return v
	}
	return m.initialOf(known.place, known.t)
}

func (m *machine) unary(x *ast.UnaryExpr, in *env) value {
	v := m.eval(x.X, in)
	switch x.Op {
	case token.ADD:
		return v
	case token.SUB:
		return value{-v.hi, -v.lo, v.wrap, v.site}
	}
	return m.ordinaryOf(m.about(x))
}

// binary returns the result of an operation, which is where a delay grows if it is one of the sites.
func (m *machine) binary(node ast.Expr, op token.Token, left, right ast.Expr, in *env) value {
	x, y := m.eval(left, in), m.eval(right, in)
	known := m.about(node)
	if !known.isNumber {
		return anyNumber
	}
	v := known.number.binary(op, x, y)
	if m.sites[node] {
		v.site = node
	}
	return v
}

// composite shows the delays in the fields of a literal, and those among the arguments of calls in it.
func (m *machine) composite(x *ast.CompositeLit, in *env) {
	for _, element := range x.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			element = kv.Value
		}
		if m.about(element).delay {
			m.show(sink{element, stored, m.eval(element, in)})
			continue
		}
		m.run(element, in) // timer{time.NewTimer(d)}
	}
}

func isDuration(t types.Type) bool { return t != nil && syntax.IsNamed(t, "time", "Duration") }

// node runs a statement or an expression of a block.
func (m *machine) node(n ast.Node, in *env) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		m.assign(n, in)
	case *ast.IncDecStmt:
		op := token.ADD
		if n.Tok == token.DEC {
			op = token.SUB
		}
		if x := m.about(n.X); x.isNumber {
			m.store(n.X, x.number.binary(op, m.eval(n.X, in), exactly(1)), in)
		}
	case *ast.ValueSpec:
		m.declare(n, in)
	case *ast.ExprStmt:
		m.run(n.X, in)
	case *ast.DeferStmt:
		m.run(n.Call, in)
	case *ast.GoStmt:
		m.run(n.Call, in)
	case *ast.SendStmt:
		m.run(n.Value, in)
	case ast.Expr:
		m.run(n, in)
	}
}

// run evaluates an expression for what it shows. What is read from a channel is a call of time.After, most often.
func (m *machine) run(e ast.Expr, in *env) {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			m.run(x.X, in)
			return
		}
		m.run(x.X, in)
	case *ast.SelectorExpr:
		m.run(x.X, in) // time.NewTimer(d).C
	case *ast.CallExpr:
		m.eval(x, in)
	case *ast.BinaryExpr:
		m.showCondition(x, in)
	case *ast.CompositeLit:
		m.composite(x, in)
	}
}

func (m *machine) declare(s *ast.ValueSpec, in *env) {
	for i, name := range s.Names {
		switch {
		case len(s.Values) == len(s.Names):
			m.store(name, m.eval(s.Values[i], in), in)
		case len(s.Values) == 0:
			m.store(name, exactly(0), in)
		default:
			m.store(name, m.ordinaryOf(m.about(name)), in)
		}
	}
	if len(s.Values) == 1 && len(s.Names) > 1 {
		m.run(s.Values[0], in)
	}
}

var operators = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
	token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR,
	token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (m *machine) assign(s *ast.AssignStmt, in *env) {
	if op, ok := operators[s.Tok]; ok {
		left := m.about(s.Lhs[0])
		if !left.isNumber {
			return
		}
		v := left.number.binary(op, m.eval(s.Lhs[0], in), m.eval(s.Rhs[0], in))
		if m.sites[s] {
			v.site = s
		}
		m.store(s.Lhs[0], v, in)
		return
	}
	var few [4]value
	values := append(few[:0], make([]value, len(s.Lhs))...)
	for i := range s.Lhs {
		if len(s.Rhs) == len(s.Lhs) {
			values[i] = m.evalOrRun(s.Rhs[i], in)
		} else {
			values[i] = m.ordinaryOf(m.about(s.Lhs[i])).orZero()
		}
	}
	if call, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); ok && len(s.Rhs) < len(s.Lhs) {
		copy(values, m.results(call, in))
	}
	for i, target := range s.Lhs {
		if at := m.about(target).place; at != nil && len(s.Rhs) < len(s.Lhs) && m.fn.driven.places[at.place] {
			values[i] = m.attempt()
		}
		m.store(target, values[i], in)
	}
}

// planned matches the ends of paths of fields that hold a time to wait for, or until, in whatever unit.
var planned = regexp.MustCompile(`(?i)\.\w*(next|retry|backoff|delay|wait)\w*$`)

// evalOrRun returns the value of a number, and of anything else what it shows.
func (m *machine) evalOrRun(e ast.Expr, in *env) value {
	if m.about(e).isNumber {
		return m.eval(e, in)
	}
	m.run(e, in)
	return nothing
}

// store writes to a place. What is part of it is forgotten.
func (m *machine) store(target ast.Expr, v value, in *env) {
	known := m.about(target)
	if known.place == nil {
		return
	}
	if !known.isNumber {
		in.forget(known.place.place)
		return
	}
	known.place.t = known.t
	in.set(known.place, v)
	if v.site != nil && !known.delay && m.depth == 0 && planned.MatchString(known.place.path) {
		m.show(sink{target, stored, v})
	}
}

// returned returns the values of a return statement, and shows the delays in it.
func (m *machine) returned(s *ast.ReturnStmt, in *env) []value {
	var list []value
	results := m.fn.sig.Results()
	switch {
	case len(s.Results) == results.Len():
		for _, e := range s.Results {
			list = append(list, m.evalOrRun(e, in))
		}
	case len(s.Results) == 0:
		for v := range results.Variables() {
			list = append(list, m.named(v, in))
		}
	case len(s.Results) == 1:
		if call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok {
			list = m.results(call, in)
		}
	}
	if m.depth == 0 {
		m.showResults(s, list)
	}
	return list
}

// named returns the value of a named result.
func (m *machine) named(v *types.Var, in *env) value {
	if held, ok := in.get(m.slotOf(place{root: v})); ok {
		return held
	}
	if _, ok := numberOf(v.Type()); ok {
		return exactly(0)
	}
	return nothing
}

// showResults shows the delays that a function returns. A number is one if the function is called like one.
func (m *machine) showResults(s ast.Node, list []value) {
	for i, v := range list {
		if i >= m.fn.sig.Results().Len() {
			return
		}
		t := m.fn.sig.Results().At(i).Type()
		if isDuration(t) || m.fn.object != nil && soundsLikeDelay(m.fn.object.Name()) {
			m.show(sink{s, returnedDelay, v})
		}
	}
}
