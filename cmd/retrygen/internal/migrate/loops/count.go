package loops

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// count is how many attempts a loop makes: Limit + plus, or plus where there is no limit, and least at least.
type count struct {
	counter types.Object
	first   ast.Expr // what the counter is in the first round
	step    int64    // 1 or -1, 0 for no counter
	steps   ast.Stmt // that change it; nil for a range

	test   ast.Expr // the comparison that ends the loop
	limit  ast.Expr // nil for a constant
	list   ast.Expr // of which each round but the first, or each round, takes one element; nil for none
	plus   int64
	least  int64 // 0 where the comparison comes before the first attempt
	misses bool  // it is for equality: a limit that the counter has passed ends nothing
	known  bool

	zero     bool // a limit of 0 is none
	negative bool // a negative one is none either
}

// equals reports whether two counts are the same number.
func (c count) equals(other count, r *reader) bool {
	if c.list != nil {
		return other.limit != nil && other.plus == 0 && r.Source(other.limit) == "len("+r.Source(c.list)+")"
	}
	if c.plus != other.plus || c.zero != other.zero || (c.limit == nil) != (other.limit == nil) {
		return false
	}
	return c.limit == nil || r.Source(c.limit) == r.Source(other.limit)
}

// evaluate returns the number of attempts of a loop that ends when a comparison of the counter holds, or no longer holds.
// Before says that it is made before the operation.
func (r *reader) evaluate(e ast.Expr, stopsWhen, before bool) (count, error) {
	c := r.count
	if test, negative := r.unlessUnlimited(e); test != nil {
		e, c.zero, c.negative = test, true, negative
	}
	b := ast.Unparen(e).(*ast.BinaryExpr)
	op, limit := b.Op, b.Y
	o, off := r.offset(b.X)
	if o != c.counter {
		_, off = r.offset(b.Y)
		op, limit = syntax.Mirrored(op), b.X
	}
	if !stopsWhen {
		op = syntax.Opposite(op)
	}
	if c.first == nil && c.step < 0 {
		c.first, r.keeps[c.counter] = b.X, true // what it is when the loop begins
		if o != c.counter {
			c.first = b.Y
		}
	}
	if c.first == nil {
		return c, r.fail(e, "it cannot be seen from which number %s counts", c.counter.Name())
	}
	// The counter is first + step*(round + inc) + off at the test.
	inc := int64(0)
	if c.steps != nil && c.steps.Pos() < e.Pos() && !r.isPost(c.steps) {
		inc = 1
	}
	down := c.step < 0
	switch {
	case op == token.EQL:
		c.misses = true
	case !down && (op == token.GEQ || op == token.GTR), down && (op == token.LEQ || op == token.LSS):
	default:
		return c, r.fail(e, "the comparison does not limit the attempts")
	}
	from, to, plus := c.first, limit, -inc-off
	if down {
		from, to, plus = limit, c.first, off-inc
	}
	if op == token.GTR || op == token.LSS {
		plus++
	}
	if !before {
		plus++
		c.least = 1
	}
	return r.difference(c, e, to, from, plus)
}

// difference sets a count to what lies between two limits, one of which is a constant.
func (r *reader) difference(c count, at ast.Expr, to, from ast.Expr, plus int64) (count, error) {
	c.test, c.known, c.plus = at, true, plus
	low, ok := r.integer(from)
	if !ok {
		return c, r.fail(at, "the attempts are counted from one value that is not constant to another")
	}
	c.plus -= low
	if high, ok := r.integer(to); ok && !r.isName(to) {
		c.plus += high
		return c, nil
	}
	for {
		sum, ok := ast.Unparen(to).(*ast.BinaryExpr) // n+1
		if !ok || sum.Op != token.ADD && sum.Op != token.SUB {
			break
		}
		n, ok := r.integer(sum.Y)
		if !ok {
			break
		}
		if sum.Op == token.SUB {
			n = -n
		}
		to, c.plus = sum.X, c.plus+n
	}
	c.limit = ast.Unparen(to)
	if call, ok := c.limit.(*ast.CallExpr); ok && syntax.IsBuiltin(r.Info, call, "len") && len(call.Args) == 1 {
		if lit := r.literal(call.Args[0]); lit != nil {
			c.plus, c.limit = c.plus+int64(len(lit.Elts)), nil
		}
	}
	return c, nil
}

func (r *reader) isPost(s ast.Stmt) bool {
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	return ok && f.Post == s
}

// integer returns the value of a constant.
func (r *reader) integer(e ast.Expr) (int64, bool) {
	if e == zero {
		return 0, true
	}
	value := r.Info.Types[e].Value
	if value == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(value))
}

// isName reports whether an expression is the name of a constant at package level.
func (r *reader) isName(e ast.Expr) bool {
	format, _ := r.Value(e).Number()
	return format == "%s"
}

// readCount turns the number of attempts into an option.
func (r *reader) readCount() error {
	c := r.count
	if !c.known {
		r.option(site.Text("retries", "unlimited"))
		return nil
	}
	if c.list != nil {
		return r.countList()
	}
	if c.limit == nil {
		if c.plus < 1 {
			return errors.New("it never makes an attempt")
		}
		r.option(site.Numbers("attempts", site.Constant(c.plus)))
		return nil
	}
	n, constant := r.integer(c.limit)
	name := "attempts"
	switch {
	case c.plus == 0:
	case c.plus == 1:
		name = "retries"
	case constant:
		r.option(site.Numbers(name, site.Constant(max(n+c.plus, c.least))))
		return nil
	default:
		return r.fail(c.test, "no option says that there are %s%+d attempts", r.Source(c.limit), c.plus)
	}
	if call, ok := c.limit.(*ast.CallExpr); ok && len(call.Args) == 0 && !r.invariant(call) && r.invariant(call.Fun) {
		r.site.Differ(r.Source(call) + " is called once; before, it was for each attempt")
	} else if !r.invariant(c.limit) && !r.keeps[r.object(c.limit)] {
		return r.fail(c.test, "the limit %s may change from attempt to attempt", r.Source(c.limit))
	}
	if c.zero {
		r.countUnlessUnlimited(name)
		return nil
	}
	r.option(site.Numbers(name, r.Value(c.limit)))
	if constant {
		return nil
	}
	r.sayCount(name)
	return nil
}

// sayCount says what the loop does with strange limits.
func (r *reader) sayCount(name string) {
	c, limit := r.count, r.Source(r.count.limit)
	switch {
	case c.misses && name == "attempts":
		r.site.Differ("where " + limit + " is 0 or less, nothing limited the attempts; now there is one")
	case c.misses:
		r.site.Differ("where " + limit + " is negative, nothing limited the attempts; now there is one")
	case c.least == 0 && name == "attempts":
		r.site.Differ("where " + limit + " is 0 or less, the loop made no attempt; now there is one")
	case c.least == 0:
		r.site.Differ("where " + limit + " is negative, the loop made no attempt; now there is one")
	}
}

func (r *reader) option(o site.Option) { r.site.Policy = append(r.site.Policy, o) }
