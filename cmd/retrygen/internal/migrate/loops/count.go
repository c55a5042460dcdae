package loops

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// count is how many attempts a loop makes: Limit + plus, or plus where there is no limit, and least at least.
type count struct {
	counter types.Object
	first   ast.Expr // what the counter is in the first round
	step    int64    // 1 or -1, 0 for no counter
	steps   ast.Stmt // that change it; nil for a range

	test   ast.Expr // the comparison that ends the loop
	limit  ast.Expr // nil for a constant
	plus   int64
	least  int64 // 0 where the comparison comes before the first attempt
	misses bool  // it is for equality: a limit that the counter has passed ends nothing
	known  bool
}

// equals reports whether two counts are the same number.
func (c count) equals(other count, r *reader) bool {
	if c.plus != other.plus || (c.limit == nil) != (other.limit == nil) {
		return false
	}
	return c.limit == nil || r.Source(c.limit) == r.Source(other.limit)
}

// findCounter finds the variable that the rounds count: the one that a test compares.
func (r *reader) findCounter() {
	if s, ok := r.loop.Stmt.(*ast.RangeStmt); ok {
		if o := r.object(orBlank(s.Key)); o != nil {
			r.count.counter, r.count.step = o, 1
		}
		return
	}
	inspectOwn([]ast.Node{r.loop.Stmt}, func(n ast.Node) bool {
		stmt, step, target := stepOf(r.Info, n)
		if stmt == nil || r.object(target) == nil || r.count.counter != nil && !r.better(r.object(target)) {
			return true
		}
		r.count.counter, r.count.step, r.count.steps = r.object(target), step, stmt
		return true
	})
	if r.count.counter != nil {
		r.count.first = r.initial(r.count.counter)
	}
}

// better reports whether a variable that is counted is the one that limits the attempts, and not just another.
func (r *reader) better(o types.Object) bool { return o == r.loop.Bound.Counter }

func orBlank(e ast.Expr) ast.Expr {
	if e == nil {
		return ast.NewIdent("_")
	}
	return e
}

// stepOf returns the statement that a node is, if that changes a variable by 1.
func stepOf(info *types.Info, n ast.Node) (ast.Stmt, int64, ast.Expr) {
	switch n := n.(type) {
	case *ast.IncDecStmt:
		if n.Tok == token.DEC {
			return n, -1, n.X
		}
		return n, 1, n.X
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || n.Tok != token.ADD_ASSIGN && n.Tok != token.SUB_ASSIGN {
			return nil, 0, nil
		}
		value := info.Types[n.Rhs[0]].Value
		if value == nil || !constant.Compare(constant.ToInt(value), token.EQL, constant.MakeInt64(1)) {
			return nil, 0, nil
		}
		if n.Tok == token.SUB_ASSIGN {
			return n, -1, n.Lhs[0]
		}
		return n, 1, n.Lhs[0]
	}
	return nil, 0, nil
}

// initial returns what a variable is when the loop begins, nil if that cannot be seen: the loop's own assignment, or the last
// one before it in the same list, if nothing comes between that may change it.
func (r *reader) initial(o types.Object) ast.Expr {
	if s, ok := r.loop.Stmt.(*ast.ForStmt); ok && s.Init != nil {
		if e, found := r.assignment(s.Init, o); found {
			return e
		}
	}
	for i := r.at - 1; i >= 0; i-- {
		if e, found := r.assignment(r.list[i], o); found {
			return e
		}
		if r.assigned(r.list[i])[o] {
			return nil
		}
	}
	return nil
}

// assignment returns what a simple statement assigns to a variable, nil for what is no single value, and reports whether it
// assigns to it at all.
func (r *reader) assignment(s ast.Stmt, o types.Object) (ast.Expr, bool) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for i, left := range s.Lhs {
			if r.object(left) != o {
				continue
			}
			if len(s.Lhs) != len(s.Rhs) || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
				return nil, true
			}
			return s.Rhs[i], true
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range spec.Names {
				if r.Info.Defs[id] != o {
					continue
				}
				if i < len(spec.Values) {
					return spec.Values[i], true
				}
				return zero, true
			}
		}
	}
	return nil, false
}

// zero stands for the value of a variable that is declared without one.
var zero = &ast.BasicLit{Kind: token.INT, Value: "0"}

// isTest reports whether a condition compares the counter.
func (r *reader) isTest(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || r.count.counter == nil {
		return false
	}
	x, _ := r.offset(b.X)
	y, _ := r.offset(b.Y)
	return comparison(b.Op) && (x == r.count.counter || y == r.count.counter)
}

func comparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// offset returns the variable that an expression is, plus a constant.
func (r *reader) offset(e ast.Expr) (types.Object, int64) {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.object(x), 0
	case *ast.BinaryExpr:
		value := r.Info.Types[x.Y].Value
		if value == nil || x.Op != token.ADD && x.Op != token.SUB {
			return nil, 0
		}
		o, off := r.offset(x.X)
		n, _ := constant.Int64Val(constant.ToInt(value))
		if x.Op == token.SUB {
			n = -n
		}
		return o, off + n
	case *ast.CallExpr:
		if len(x.Args) == 1 && r.Info.Types[x.Fun].IsType() {
			return r.offset(x.Args[0])
		}
	}
	return nil, 0
}

// evaluate returns the number of attempts of a loop that ends when a comparison of the counter holds, or no longer holds.
// Before says that it is made before the operation.
func (r *reader) evaluate(e ast.Expr, stopsWhen, before bool) (count, error) {
	c := r.count
	b := ast.Unparen(e).(*ast.BinaryExpr)
	op, limit := b.Op, b.Y
	o, off := r.offset(b.X)
	if o != c.counter {
		_, off = r.offset(b.Y)
		op, limit = mirrored(op), b.X
	}
	if !stopsWhen {
		op = opposite(op)
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

func mirrored(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.GTR:
		return token.LSS
	case token.LEQ:
		return token.GEQ
	case token.GEQ:
		return token.LEQ
	}
	return op
}

func opposite(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GEQ
	case token.GTR:
		return token.LEQ
	case token.LEQ:
		return token.GTR
	case token.GEQ:
		return token.LSS
	case token.EQL:
		return token.NEQ
	}
	return token.EQL
}

// readCount turns the number of attempts into an option.
func (r *reader) readCount() error {
	c := r.count
	if !c.known {
		r.option(site.Text("retries", "unlimited"))
		return nil
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
