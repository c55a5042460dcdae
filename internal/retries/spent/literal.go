package spent

import (
	"go/ast"
	"go/types"
)

// literalIn returns the function literal that a variable holds, nil if that is not known: it is assigned once, in
//
//	send := func(req *http.Request) error { … }
func (p *Package) literalIn(fun ast.Expr) *ast.FuncLit {
	id, ok := ast.Unparen(fun).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := p.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	return p.variableLiterals()[v]
}

// variableLiterals returns the function literals that variables of the package hold all the time.
func (p *Package) variableLiterals() map[*types.Var]*ast.FuncLit {
	if p.literals == nil {
		p.literals = map[*types.Var]*ast.FuncLit{}
		for _, file := range p.pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.AssignStmt); ok {
					p.holds(s)
				}
				return true
			})
		}
	}
	return p.literals
}

// holds takes in an assignment. A variable that is assigned to twice holds nothing that is known.
func (p *Package) holds(s *ast.AssignStmt) {
	for i, left := range s.Lhs {
		id, ok := left.(*ast.Ident)
		if !ok || len(s.Lhs) != len(s.Rhs) {
			continue
		}
		v, ok := p.pass.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok {
			continue
		}
		lit, _ := ast.Unparen(s.Rhs[i]).(*ast.FuncLit)
		if _, twice := p.literals[v]; twice {
			lit = nil
		}
		p.literals[v] = lit
	}
}

// literal returns what a function literal does with its parameters.
func (p *Package) literal(lit *ast.FuncLit, sig *types.Signature) (s summary) {
	if p.open[lit] {
		return summary{} // it calls itself
	}
	p.open[lit] = true
	defer delete(p.open, lit)
	index := map[*types.Var]int{}
	for i := range sig.Params().Len() {
		if i < lit.Type.Params.NumFields() && p.carriers.carries(sig.Params().At(i).Type()) {
			index[p.parameter(lit, i)] = i
		}
	}
	if len(index) == 0 {
		return s
	}
	sources := p.sourcesIn(lit)
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			for _, use := range p.uses(call) {
				for source := range sources.of(use.Expr) {
					if i, ok := index[source.Var]; ok && use.Sent {
						s.sent |= bit(i)
					}
					if i, ok := index[source.Var]; ok {
						s.used |= bit(i)
					}
				}
			}
		}
		for source := range sources.restored(n) {
			if i, ok := index[source.Var]; ok {
				s.reset |= bit(i)
			}
		}
		return true
	})
	s.used &^= s.reset
	s.sent &^= s.reset
	return s
}

// parameter returns a parameter of a literal, nil if it has no name.
func (p *Package) parameter(lit *ast.FuncLit, index int) *types.Var {
	at := 0
	for _, field := range lit.Type.Params.List {
		for _, name := range field.Names {
			if at == index {
				v, _ := p.pass.TypesInfo.Defs[name].(*types.Var)
				return v
			}
			at++
		}
	}
	return nil
}
