package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// drivers are what a site grows by, followed back through assignments.
type drivers struct {
	*program
	f       *function
	places  map[place]bool
	outside driven // those that are computed elsewhere
}

// driversOf follows what a site grows by back to counters, state, parameters and calls.
func (p *program) driversOf(f *function, s site) *drivers {
	d := &drivers{program: p, f: f, places: map[place]bool{}, outside: driven{map[place]bool{}, map[ast.Expr]bool{}}}
	for _, e := range s.drives {
		d.follow(e, 4, !s.state)
	}
	return d
}

// follow adds the numbers that an expression is made of.
func (d *drivers) follow(e ast.Expr, depth int, exponent bool) {
	if depth == 0 || d.info.Types[e].Value != nil {
		return
	}
	if p, ok := placeOf(d.info, e); ok && p.root != nil {
		d.place(p, e, depth, exponent)
		return
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		d.follow(x.X, depth, exponent)
	case *ast.UnaryExpr:
		d.follow(x.X, depth, exponent)
	case *ast.BinaryExpr:
		d.follow(x.X, depth, exponent)
		d.follow(x.Y, depth, exponent)
	case *ast.CallExpr:
		d.called(x, depth, exponent)
	}
}

// place adds a place, and what a variable is set to.
func (d *drivers) place(p place, e ast.Expr, depth int, exponent bool) {
	number, ok := numberOf(d.info.TypeOf(e))
	if !ok || d.places[p] {
		return
	}
	d.places[p] = true
	whole := exponent && !number.float && !isDuration(d.info.TypeOf(e)) && !d.isFactor(p)
	if p.path != "" || !d.f.declares(p) || d.isParameter(p) {
		if whole && (p.path != "" || d.isParameter(p) || d.countedOutside(p)) {
			d.outside.places[p] = true
		}
		return
	}
	for _, w := range d.f.writes[p.root] {
		switch {
		case w.value != nil && (w.op == token.ASSIGN || w.op == token.DEFINE):
			d.follow(w.value, depth-1, exponent)
		case w.value == nil && (w.op == token.ASSIGN || w.op == token.DEFINE) && whole:
			d.outside.places[p] = true // the result of a call
		}
	}
}

// called follows the arguments of a conversion and of min, and takes the number that any other call returns as a count.
func (d *drivers) called(x *ast.CallExpr, depth int, exponent bool) {
	path, _ := cutName(syntax.FullName(d.info, x))
	if d.info.Types[x.Fun].IsType() || isExtreme(d.info, x) || path == "math" {
		for _, arg := range d.counting(x.Args) {
			d.follow(arg, depth, exponent)
		}
		return
	}
	number, ok := numberOf(d.info.TypeOf(x))
	if !ok || number.float || !exponent || d.info.Types[x.Fun].IsBuiltin() || isDuration(d.info.TypeOf(x)) {
		return
	}
	if path == "math/bits" || path == "math/rand" || path == "math/rand/v2" || path == "time" {
		return
	}
	if p, ok := counterOf(d.info, x); ok {
		d.places[p] = true
		return
	}
	d.outside.calls[x] = true
}

// counting returns those of several numbers that count: beside a parameter, a field that nobody counts in is a limit.
func (d *drivers) counting(args []ast.Expr) []ast.Expr {
	var counts []ast.Expr
	limits := false
	for _, e := range args {
		x := ast.Unparen(e)
		for {
			call, ok := x.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 || !d.info.Types[call.Fun].IsType() {
				break
			}
			x = ast.Unparen(call.Args[0])
		}
		p, ok := placeOf(d.info, x)
		if ok && p.path != "" && p.root != nil && !d.countsField(p) {
			limits = true
			continue
		}
		if d.info.Types[e].Value == nil {
			counts = append(counts, e)
		}
	}
	if limits && len(counts) > 0 {
		return counts
	}
	return args
}

// countsField reports whether the package counts in a field.
func (d *drivers) countsField(p place) bool {
	field, _ := fieldOf(p.root.Type(), p.path)
	return field == nil || slices.Contains(d.assignments().fields[field], nil)
}

// factorName matches the names of fields that say how fast something grows.
var factorName = regexp.MustCompile(`(?i)const|factor|shift|scale|decay`)

// isFactor reports whether a place is a field that nobody counts in, and whose name says that it is no number of an attempt.
func (d *drivers) isFactor(p place) bool {
	if p.path == "" || !factorName.MatchString(p.path) {
		return false
	}
	field, _ := fieldOf(p.root.Type(), p.path)
	return field != nil && !field.Exported() && !d.countsField(p)
}

func (d *drivers) isParameter(p place) bool {
	results := d.f.kind.Results
	return d.f.declares(p) && p.root.Pos() < d.f.body.Pos() && (results == nil || p.root.Pos() < results.Pos())
}

// countedOutside reports whether a variable that a literal captures counts in the function around it.
func (d *drivers) countedOutside(p place) bool {
	for f := d.f.outer; f != nil; f = f.outer {
		for _, w := range f.writes[p.root] {
			if w.steps(d.info, p) || w.op == token.RANGE {
				return true
			}
		}
	}
	return false
}

// advances reports whether what runs in a part of a function changes one of the drivers by what it was.
func (d *drivers) advances(from, to token.Pos, head ast.Stmt) bool {
	for p := range d.places {
		for _, w := range d.f.writes[p.root] {
			q, _ := placeOf(d.info, w.target)
			if q == p && from <= w.at && w.at < to && (w.counted(d.info, p) || w.op == token.RANGE && isKeyOf(head, w.target)) {
				return true
			}
			if q == p && from <= w.at && w.at < to && w.value != nil && d.cycles(w.value, p) {
				return true
			}
		}
		if d.f.counts(d.info)[p] && (d.f.writes[p.root] == nil || p.path != "") && d.addsIn(from, to, p) {
			return true
		}
	}
	return false
}

// cycles reports whether what a place is set to is computed from the place by way of another variable.
func (d *drivers) cycles(value ast.Expr, to place) bool {
	return d.feeds(d.f, value, to)
}

// addsIn reports whether x.Add(1) counts at a place in a part of the function.
func (d *drivers) addsIn(from, to token.Pos, p place) bool {
	found := false
	ast.Inspect(d.f.body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && from <= n.Pos() && n.Pos() < to {
			q, ok := counterOf(d.info, call)
			found = found || ok && p == q
		}
		return !found
	})
	return found
}

func isKeyOf(head ast.Stmt, target ast.Expr) bool {
	s, ok := head.(*ast.RangeStmt)
	return ok && s.Key == target
}

// counterOf returns the place to which x.Add(n) or atomic.AddInt64(&x, n) adds.
func counterOf(info *types.Info, call *ast.CallExpr) (place, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return place{}, false
	}
	fn, ok := info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" || len(fn.Name()) < 3 || fn.Name()[:3] != "Add" {
		return place{}, false
	}
	if len(call.Args) == 1 {
		return placeOf(info, sel.X)
	}
	return placeOf(info, call.Args[0])
}
