package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// shape is how delays grow.
type shape int

const (
	level       shape = iota // the same each time
	exponential              // times a base
	linear                   // plus the first one
	listed                   // elements of a list
)

// schedule is a delay as an option can say it.
type schedule struct {
	shape    shape
	computed bool // from the number of the attempt, each time anew
	first    site.Value
	base     site.Value
	list     ast.Expr
	limit    ast.Expr // nil for no cap
	jitter   string   // "" for none
	spread   []ast.Expr
}

// readDelay turns the wait into options: a schedule where one is equal, otherwise a function that has the code of the loop.
func (r *reader) readDelay() error {
	if r.wait == nil {
		return nil
	}
	if r.site.Head != "" && !r.headKnown && (r.wait.code != nil || !r.steady(r.wait.delay)) {
		return r.fail(r.wait.stmt, "it waits before the first attempt, and not for as long as before the others")
	}
	if r.wait.code != nil || r.once != nil {
		return r.liftDelay()
	}
	said := len(r.site.Differences)
	s, ok := r.scheduled()
	if !ok || !r.guardsAre(r.wait.delay, s.first.Expr) {
		r.site.Differences, r.keeps = r.site.Differences[:said], r.counterOnly()
		return r.liftDelay()
	}
	for _, one := range r.taken {
		one.gone = true
	}
	r.sayDelay(s)
	return nil
}

// sayDelay writes the options of a schedule.
func (r *reader) sayDelay(s schedule) {
	switch s.shape {
	case level:
		r.option(site.Durations("delay", s.first))
	case exponential:
		r.option(site.Exponential(s.first, s.base))
	case linear:
		format, operands := s.first.Duration()
		r.option(site.Option{Name: "delay", Format: "linear(" + format + ")", Operands: operands})
	case listed:
		if text, ok := r.listText(s.list); ok {
			r.option(site.Text("delay", text))
			break
		}
		r.option(site.Option{Name: "delay", Format: "%s", Operands: []ast.Expr{s.list}})
	}
	if s.jitter != "" {
		r.option(site.Option{Name: "jitter", Format: s.jitter, Operands: s.spread})
		if _, known := s.first.Int(); !known && len(s.spread) == 0 {
			r.site.Differ("where the bound of a random wait is 0 or less, there is no wait; before, the loop panicked")
		}
	}
	if s.limit != nil {
		v := r.Value(s.limit)
		r.option(site.Durations("cap", v))
		if _, known := v.Int(); !known {
			r.site.Differ("a maximum " + r.Source(s.limit) + " of 0 or less, with which the loop did not wait, is now no maximum")
		}
	}
	if s.shape == exponential && (s.limit == nil || s.computed) && !r.small(s) {
		r.site.Differ("a delay that no longer fits a time.Duration stays the longest one; before, it was negative or 0, and there was no wait")
	} else if _, known := s.first.Int(); s.shape == exponential && !known && r.count.limit == nil {
		r.site.Differ("where the first delay is negative, there is never a wait; before, doubled often enough, it became one")
	}
}

// counterOnly returns the variables that the policy keeps, without that of the delay.
func (r *reader) counterOnly() map[types.Object]bool {
	set := map[types.Object]bool{}
	if r.keeps[r.count.counter] {
		set[r.count.counter] = true
	}
	return set
}

// small reports whether no delay of a schedule overflows within a constant number of attempts.
func (r *reader) small(s schedule) bool {
	first, ok := s.first.Int()
	base, known := s.base.Float()
	attempts := r.count.plus
	if r.count.limit != nil {
		n, constant := r.integer(r.count.limit)
		ok, attempts = ok && constant, attempts+n
	}
	if !ok || !known || !r.count.known {
		return false
	}
	wait := float64(first)
	for range min(attempts, 1000) {
		wait *= base
	}
	return wait < float64(1<<62)
}

// scheduled reads the delay of the wait as a schedule.
func (r *reader) scheduled() (schedule, bool) {
	if o := r.object(r.wait.delay); o != nil && !r.invariant(r.wait.delay) {
		return r.variable(o)
	}
	return r.formula(r.wait.delay)
}

// invariant reports whether an expression has the same value in each round: nothing that it mentions is assigned in the loop,
// and it calls nothing but conversions and methods without arguments.
func (r *reader) invariant(e ast.Expr) bool {
	if e == nil {
		return false
	}
	if r.Info.Types[e].Value != nil {
		return true
	}
	changed := r.assigned(r.loop.Stmt)
	same := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := r.Info.ObjectOf(n).(*types.Var); ok && !v.IsField() {
				same = same && !changed[v] && !r.within(v)
			}
		case *ast.CallExpr:
			same = same && (r.Info.Types[n.Fun].IsType() || r.getter(n))
		case *ast.FuncLit, *ast.UnaryExpr:
			if u, ok := n.(*ast.UnaryExpr); !ok || u.Op == token.ARROW || u.Op == token.AND {
				same = false
			}
		}
		return same
	})
	return same
}

// within reports whether a variable is declared in the loop.
func (r *reader) within(v types.Object) bool {
	return r.site.Stmts[0].Pos() <= v.Pos() && v.Pos() < r.loop.Stmt.End()
}

// getter reports whether a call reads a value: a method without arguments that returns one and does no more than that.
func (r *reader) getter(call *ast.CallExpr) bool {
	if len(call.Args) > 0 {
		return false
	}
	fn := syntax.Callee(r.Info, call)
	if fn == nil {
		return false
	}
	decl := r.Package.Body(fn)
	if decl == nil || len(decl.Body.List) != 1 {
		return false
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	return ok && len(ret.Results) == 1 && !syntax.HasCall(ret.Results[0])
}
