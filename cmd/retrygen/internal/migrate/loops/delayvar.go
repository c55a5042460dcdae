package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// change is what a statement does to the variable that holds the delay.
type change struct {
	set    ast.Expr    // it gets another value
	factor *site.Value // it is multiplied
	limit  ast.Expr    // it is at most this
}

// variable reads the delay that a variable holds: one that is computed in each round, or one that grows from round to round.
func (r *reader) variable(o types.Object) (schedule, bool) {
	if s, ok := r.element(o); ok {
		return s, true
	}
	var s schedule
	known := false
	if !r.within(o) {
		first := r.initial(o)
		if _, outside := r.usesOutside(o); outside || first == nil || !r.invariant(first) {
			first, r.keeps[o] = r.wait.delay, true // what it is when the loop begins
		}
		s, known = schedule{shape: level, first: r.Value(first)}, true
	}
	var used []*step
	for _, one := range r.waySteps() {
		if one.stmt != nil && !r.assigned(one.stmt)[o] {
			continue
		}
		c, ok := r.changeOf(one.stmt, o)
		if !ok {
			return s, false
		}
		if s, known = r.apply(s, known, c, one.stmt); !known {
			return s, false
		}
		used = append(used, one)
	}
	r.taken = append(r.taken, used...)
	return s, known
}

// waySteps returns the plain statements on the way from the attempt to the next, the post statement of the loop included.
func (r *reader) waySteps() []*step {
	steps := r.way.steps
	if f, ok := r.loop.Stmt.(*ast.ForStmt); ok && f.Post != nil && f.Post != r.count.steps {
		steps = append(steps[:len(steps):len(steps)], &step{stmt: f.Post})
	}
	return steps
}

// apply returns a schedule after a change.
func (r *reader) apply(s schedule, known bool, c change, at ast.Stmt) (schedule, bool) {
	before := r.beforeWait(at)
	switch {
	case c.set != nil:
		if !before || s.shape != level || s.limit != nil {
			return s, false
		}
		return r.formula(c.set)
	case !known:
		return s, false
	case c.factor != nil:
		if s.shape != level || s.limit != nil || s.jitter != "" {
			return s, false
		}
		s.shape, s.base = exponential, *c.factor
		if before {
			first, ok := s.first.Int()
			base, constant := c.factor.Float()
			if !ok || !constant {
				return s, false
			}
			s.first = site.Constant(time.Duration(float64(first) * base))
		}
		if c.limit == nil {
			return s, true
		}
	}
	if c.limit == nil || s.limit != nil || s.jitter != "" || !r.invariant(c.limit) {
		return s, false
	}
	s.limit = c.limit
	if !before {
		r.sayFirst(s)
	}
	return s, true
}

// beforeWait reports whether a statement on the way to another attempt runs before the wait does. A wait that stands before the
// attempt belongs to the round that follows.
func (r *reader) beforeWait(stmt ast.Stmt) bool {
	if r.wait.early && (r.isPost(stmt) || stmt.Pos() >= r.tree.steps[0].stmt.Pos()) {
		return true
	}
	return stmt.Pos() < r.wait.stmt.Pos() && !r.isPost(stmt)
}

// sayFirst says that the first delay was not limited.
func (r *reader) sayFirst(s schedule) {
	first, known := s.first.Int()
	limit, constant := r.integer(s.limit)
	if !known || !constant || first > limit {
		r.site.Differ("a first delay above " + r.Source(s.limit) + " was waited for; now no wait is longer than that")
	}
}

// changeOf reads what a statement does to the variable of the delay.
func (r *reader) changeOf(stmt ast.Stmt, o types.Object) (change, bool) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		return r.changeByAssignment(s, o)
	case *ast.DeclStmt:
		e, found := r.assignment(s, o)
		return change{set: e}, found && e != nil && e != zero
	case *ast.IfStmt: // if d > limit { d = limit }
		if s.Init != nil || s.Else != nil || len(s.Body.List) != 1 {
			break
		}
		b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
		e, found := r.assignment(s.Body.List[0], o)
		if !ok || !found || e == nil {
			break
		}
		if r.object(b.X) == o && (b.Op == token.GTR || b.Op == token.GEQ) && r.Source(b.Y) == r.Source(e) {
			return change{limit: e}, true
		}
		if r.object(b.Y) == o && (b.Op == token.LSS || b.Op == token.LEQ) && r.Source(b.X) == r.Source(e) {
			return change{limit: e}, true
		}
	}
	return change{}, false
}

func (r *reader) changeByAssignment(s *ast.AssignStmt, o types.Object) (change, bool) {
	if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return change{}, false
	}
	right := ast.Unparen(s.Rhs[0])
	switch s.Tok {
	case token.MUL_ASSIGN:
		return r.times(right)
	case token.SHL_ASSIGN:
		n, ok := r.integer(right)
		factor := site.Constant(int64(1) << n)
		return change{factor: &factor}, ok && n > 0 && n < 20
	case token.ADD_ASSIGN:
		two := site.Constant(2)
		return change{factor: &two}, r.object(right) == o
	case token.ASSIGN, token.DEFINE:
	default:
		return change{}, false
	}
	if !r.mentions(right, o) {
		return change{set: right}, true
	}
	return r.grown(right, o)
}

// times is a multiplication by a factor.
func (r *reader) times(factor ast.Expr) (change, bool) {
	v := r.Value(r.unconverted(factor))
	return change{factor: &v}, r.invariant(factor)
}

// grown reads an expression that a delay becomes: d*2, min(d*2, limit), time.Duration(float64(d) * 1.5), d*3/2.
func (r *reader) grown(e ast.Expr, o types.Object) (change, bool) {
	e = r.unconverted(e)
	switch x := e.(type) {
	case *ast.CallExpr:
		if !syntax.IsBuiltin(r.Info, x, "min") || len(x.Args) != 2 {
			break
		}
		for i, arg := range x.Args {
			if r.mentions(arg, o) {
				continue
			}
			if r.object(x.Args[1-i]) == o {
				return change{limit: arg}, true
			}
			c, ok := r.grown(x.Args[1-i], o)
			if ok && c.limit == nil {
				c.limit = arg
				return c, true
			}
		}
	case *ast.BinaryExpr:
		switch {
		case x.Op == token.ADD && r.object(x.X) == o && r.object(x.Y) == o:
			two := site.Constant(2)
			return change{factor: &two}, true
		case x.Op == token.MUL && r.object(r.unconverted(x.X)) == o:
			return r.times(x.Y)
		case x.Op == token.MUL && r.object(r.unconverted(x.Y)) == o:
			return r.times(x.X)
		case x.Op == token.SHL && r.object(x.X) == o:
			n, ok := r.integer(x.Y)
			factor := site.Constant(int64(1) << min(max(n, 0), 20))
			return change{factor: &factor}, ok && n > 0 && n < 20
		case x.Op == token.QUO: // d * 3 / 2
			return r.ratio(x, o)
		}
	}
	return change{}, false
}

// ratio reads a product that is divided by a constant.
func (r *reader) ratio(x *ast.BinaryExpr, o types.Object) (change, bool) {
	c, ok := r.grown(x.X, o)
	n, constant := r.integer(x.Y)
	if !ok || !constant || n == 0 || c.factor == nil || c.limit != nil {
		return c, false
	}
	f, ok := c.factor.Float()
	factor := fraction(f / float64(n))
	return change{factor: &factor}, ok
}

// fraction is the value of a number that is not whole.
func fraction(f float64) site.Value {
	v := site.Constant(1)
	v.Known = constant.MakeFloat64(f)
	return v
}
