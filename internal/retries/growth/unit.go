package growth

import (
	"go/ast"
	"go/token"
	"maps"
	"math"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// unit is what runs again for each attempt: a loop, or a function that is called again.
type unit struct {
	*program
	f       *function
	loop    *loop // nil for the function
	sites   []site
	outside driven
	drives  map[place]bool // what the sites grow by
	remote  bool           // a site grows in a function that is called
}

// units groups the sites of a function by what runs again.
func (p *program) units(f *function) []*unit {
	if len(f.sites) == 0 {
		return nil
	}
	var list []*unit
	byLoop := map[*loop]*unit{}
	f.driven = driven{map[place]bool{}, map[ast.Expr]bool{}}
	for _, s := range f.sites {
		d := p.driversOf(f, s)
		l, conditions := p.loopOf(f, s, d)
		for _, cond := range conditions {
			d.follow(cond, 2, true)
		}
		u := byLoop[l]
		if u == nil {
			u = &unit{program: p, f: f, loop: l, outside: driven{map[place]bool{}, map[ast.Expr]bool{}}, drives: map[place]bool{}}
			byLoop[l] = u
			list = append(list, u)
		}
		u.sites = append(u.sites, s)
		u.remote = u.remote || s.callee != nil || s.held != nil
		maps.Copy(u.drives, d.places)
		maps.Copy(u.outside.places, d.outside.places)
		maps.Copy(u.outside.calls, d.outside.calls)
		maps.Copy(f.driven.places, d.outside.places)
		maps.Copy(f.driven.calls, d.outside.calls)
	}
	return list
}

// loopOf returns the smallest loop around a site that makes attempts and advances what the site grows by, nil for none, and
// the conditions of loops in between, which only compute.
func (p *program) loopOf(f *function, s site, d *drivers) (*loop, []ast.Expr) {
	g := f.graph(p.info)
	b := g.blockOf(s.node)
	if b == nil {
		return nil, nil
	}
	var conditions []ast.Expr
	for l := g.inner[b]; l != nil; l = l.parent {
		from, to := l.extent()
		if !l.acts(p) {
			conditions = append(conditions, l.conditions()...)
			continue
		}
		if d.advances(from, to, l.head.Stmt) || (s.callee != nil || s.held != nil) && p.keepsState(s) {
			return l, nil
		}
	}
	return nil, conditions
}

// keepsState reports whether the function that a site calls grows by what it was.
func (p *program) keepsState(s site) bool {
	f := s.held
	if f == nil {
		f = p.funcs[s.callee]
	}
	if f != nil {
		return len(f.counts(p.info)) > 0 || slices.ContainsFunc(f.sites, func(s site) bool { return s.state })
	}
	var fact Backoff
	return p.pass.ImportObjectFact(s.callee, &fact) && fact.Param < 0
}

// extent returns where the code of a loop lies, but for what runs once before it.
func (l *loop) extent() (from, to token.Pos) {
	from = math.MaxInt
	for b := range l.body {
		for _, n := range b.Nodes {
			from, to = min(from, n.Pos()), max(to, n.End())
		}
	}
	if s, ok := l.head.Stmt.(*ast.RangeStmt); ok {
		from, to = min(from, s.Pos()), max(to, s.End())
	}
	return from, to
}

// acts reports whether a loop calls anything that may do more than compute: a loop of attempts does.
func (l *loop) acts(p *program) bool {
	found := false
	for b := range l.body {
		for _, n := range b.Nodes {
			syntax.InspectOwn(n, func(n ast.Node) {
				switch n := n.(type) {
				case *ast.CallExpr:
					path, _ := cutName(syntax.FullName(p.info, n))
					found = found || !p.info.Types[n.Fun].IsType() && !p.info.Types[n.Fun].IsBuiltin() && path != "math" &&
						path != "math/rand" && path != "math/rand/v2"
				case *ast.UnaryExpr:
					found = found || n.Op == token.ARROW
				case *ast.SendStmt:
					found = true
				}
			})
		}
	}
	return found
}

// conditions returns what decides whether a loop goes around once more.
func (l *loop) conditions() []ast.Expr {
	switch s := l.head.Stmt.(type) {
	case *ast.ForStmt:
		if b, ok := s.Cond.(*ast.BinaryExpr); ok {
			return []ast.Expr{b.X, b.Y}
		}
	case *ast.RangeStmt:
		return []ast.Expr{s.X}
	}
	return nil
}
