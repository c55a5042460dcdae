package spent

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Source is what may be used up: a variable, or a field that is selected from it.
type Source struct {
	Var   *types.Var
	Field string // "" for the variable itself, "body" or "options.body" for a field
}

// Name returns the source as it is written.
func (s Source) Name() string {
	if s.Field == "" {
		return s.Var.Name()
	}
	return s.Var.Name() + "." + s.Field
}

// Sources knows which variables of a function read from which sources: after
//
//	req, err := http.NewRequest("PUT", url, body)
//
// req reads from body.
type Sources struct {
	p    *Package
	body ast.Node
	read map[*types.Var]map[Source]bool
}

// sourcesIn reads the assignments of a function, function literals included.
func (p *Package) sourcesIn(body ast.Node) *Sources {
	if known, ok := p.sources[body]; ok {
		return known
	}
	s := &Sources{p, body, map[*types.Var]map[Source]bool{}}
	p.sources[body] = s
	for range 2 { // a variable may be used in a loop above its assignment
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					s.assign(left, n.Rhs[min(i, len(n.Rhs)-1)])
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if len(n.Values) > 0 {
						s.assign(id, n.Values[min(i, len(n.Values)-1)])
					}
				}
			}
			return true
		})
	}
	return s
}

// assign takes in that a variable, or something that it holds, is given a value.
func (s *Sources) assign(left, right ast.Expr) {
	info := s.p.pass.TypesInfo
	if !s.p.carriers.carries(info.TypeOf(left)) {
		return
	}
	target := syntax.Root(left)
	if target == nil {
		return
	}
	v, ok := info.ObjectOf(target).(*types.Var)
	if !ok {
		return
	}
	for source := range s.of(right) {
		if source.Var == v {
			continue
		}
		if s.read[v] == nil {
			s.read[v] = map[Source]bool{}
		}
		s.read[v][source] = true
	}
}

// of returns the sources that an expression reads from.
func (s *Sources) of(e ast.Expr) map[Source]bool {
	found := map[Source]bool{}
	s.gather(e, found)
	return found
}

func (s *Sources) gather(e ast.Expr, found map[Source]bool) {
	info := s.p.pass.TypesInfo
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.ObjectOf(e).(*types.Var); ok {
			s.variable(v, found)
		}
	case *ast.SelectorExpr:
		s.selection(e, found)
	case *ast.StarExpr:
		s.gather(e.X, found)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			s.gather(e.X, found)
		}
	case *ast.TypeAssertExpr:
		s.gather(e.X, found)
	case *ast.CompositeLit:
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Value
			}
			if s.p.carriers.carries(info.TypeOf(element)) {
				s.gather(element, found)
			}
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 && info.Types[e.Fun].IsType() {
			s.gather(e.Args[0], found)
			return
		}
		summary, operands := s.p.call(e)
		for i, operand := range operands {
			if summary.kept&bit(i) != 0 {
				s.gather(operand, found)
			}
		}
	}
}

// variable adds a variable, or what it reads from.
func (s *Sources) variable(v *types.Var, found map[Source]bool) {
	if v.IsField() || !s.p.carriers.carries(v.Type()) {
		return
	}
	if len(s.read[v]) == 0 {
		found[Source{Var: v}] = true
		return
	}
	for source := range s.read[v] {
		found[source] = true
	}
}

// selection adds a field: the body of a request is the request, since one is used up with the other.
func (s *Sources) selection(e *ast.SelectorExpr, found map[Source]bool) {
	info := s.p.pass.TypesInfo
	if IsRequest(info.TypeOf(e.X)) {
		s.gather(e.X, found)
		return
	}
	id := syntax.Root(e)
	if id == nil || !s.p.carriers.carries(info.TypeOf(e)) {
		return
	}
	v, ok := info.ObjectOf(id).(*types.Var)
	if !ok {
		return
	}
	if len(s.read[v]) > 0 {
		s.variable(v, found)
		return
	}
	text := syntax.Text(e)
	found[Source{v, text[len(id.Name)+1:]}] = true
}
