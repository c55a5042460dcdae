package loops

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// isDurations reports whether a type is a list of durations.
func isDurations(t types.Type) bool {
	switch list := t.Underlying().(type) {
	case *types.Slice:
		return syntax.IsNamed(list.Elem(), "time", "Duration")
	case *types.Array:
		return syntax.IsNamed(list.Elem(), "time", "Duration")
	}
	return false
}

// readDurations reads a range over a list of delays:
//
//	for _, d := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
//		…
//		time.Sleep(d)
//	}
func (r *reader) readDurations(s *ast.RangeStmt) error {
	if !r.invariant(s.X) && r.literal(s.X) == nil {
		return r.fail(s, "it ranges over %s", r.Source(s.X))
	}
	c := r.count
	c.first, c.step, c.test, c.known = zero, 1, s.X, true
	if lit := r.literal(s.X); lit != nil {
		c.plus = int64(len(lit.Elts))
	} else {
		c.list = s.X
	}
	r.count = c
	return nil
}

// countList writes the number of attempts of a range over a list.
func (r *reader) countList() error {
	name, what := "attempts", "no attempt"
	if r.early {
		name, what = "retries", ""
	}
	r.option(site.Option{Name: name, Format: "%s", Operands: []ast.Expr{r.count.list}, Computed: site.Len})
	if what != "" {
		r.site.Differ("where " + r.Source(r.count.list) + " is empty, the loop made no attempt; now there is one")
	}
	return nil
}

// element reads a delay that is the element of the list over which the loop ranges.
func (r *reader) element(o types.Object) (schedule, bool) {
	s, ok := r.loop.Stmt.(*ast.RangeStmt)
	if !ok || o == nil || r.object(orBlank(s.Value)) != o || !isDurations(r.Info.TypeOf(s.X)) || r.assigned(s.Body)[o] {
		return schedule{}, false
	}
	return schedule{shape: listed, list: s.X}, true
}

// literal returns the list of constants that an expression is: a literal, or a variable of the package that is one and that nothing
// else assigns to.
func (r *reader) literal(e ast.Expr) *ast.CompositeLit {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		lit = r.literalOf(r.object(e))
	}
	if lit == nil {
		return nil
	}
	for _, elt := range lit.Elts {
		if !r.isConstant(elt) {
			return nil
		}
	}
	return lit
}

// literalOf returns the literal that a variable of the package always is, nil for any other variable.
func (r *reader) literalOf(o types.Object) (lit *ast.CompositeLit) {
	if o == nil || o.Parent() != r.Types.Scope() || o.Exported() {
		return nil
	}
	for _, file := range r.Files {
		changed := false
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if r.Info.Defs[id] == o && i < len(n.Values) {
						lit, _ = n.Values[i].(*ast.CompositeLit)
					}
				}
			case *ast.FuncDecl:
				changed = changed || r.assigned(n)[o]
			}
			return !changed
		})
		if changed {
			return nil
		}
	}
	return lit
}

// listText writes a list of constants that has no name.
func (r *reader) listText(e ast.Expr) (string, bool) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || r.literal(e) == nil {
		return "", false
	}
	var parts []string
	for _, elt := range lit.Elts {
		format, operands := r.Value(elt).Duration()
		if len(operands) > 0 {
			format = r.Source(operands[0])
		}
		parts = append(parts, format)
	}
	return strings.Join(parts, ","), len(parts) > 0
}
