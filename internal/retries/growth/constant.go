package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// assigned is what a package assigns to the fields of its structs, and passes to its functions. A limit that is a constant
// wherever it comes from is one.
type assigned struct {
	fields map[*types.Var][]ast.Expr // nil stands for what is not known
	values map[*types.Var][]ast.Expr // the functions that variables, fields and parameters are set to
	calls  map[*types.Func][]*ast.CallExpr
	loose  map[*types.Func]bool // used as values
}

// constant returns the values of a whole number that nobody but the package itself sets, and to constants.
func (m *machine) constant(at *slot) (value, bool) {
	number, ok := numberOf(at.t)
	if !ok || number.float || isDuration(at.t) {
		return value{}, false
	}
	if at.path == "" {
		return m.always(m.passed(at.root))
	}
	field, owner := fieldOf(at.root.Type(), at.path)
	if field == nil || field.Pkg() != m.pkg || m.fromOutside(field, owner) {
		return value{}, false
	}
	return m.always(m.assignments().fields[field])
}

// always joins constants. There is nothing to join where one of them is not known.
func (m *machine) always(list []ast.Expr) (value, bool) {
	v := nothing
	for _, e := range list {
		if e == nil || m.info.Types[e].Value == nil {
			return value{}, false
		}
		v = join(v, m.about(e).v)
	}
	return v, v.some()
}

// fromOutside reports whether a field may be set by code that is not seen: by another package, or by a decoder, for a struct with
// tags.
func (p *program) fromOutside(field *types.Var, owner *types.Struct) bool {
	for i := range owner.NumFields() {
		if owner.Field(i) == field && owner.Tag(i) != "" {
			return true
		}
	}
	return field.Exported() && p.pkg.Name() != "main" && !strings.Contains("/"+p.pkg.Path()+"/", "/internal/")
}

// fieldOf returns the field that a path selects, and the struct it is in.
func fieldOf(t types.Type, path string) (*types.Var, *types.Struct) {
	var field *types.Var
	var owner *types.Struct
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "."), ".") {
		if pointer, ok := t.Underlying().(*types.Pointer); ok {
			t = pointer.Elem()
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil, nil
		}
		object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if object == nil {
			object = ownField(s, name)
		}
		field, ok = object.(*types.Var)
		if !ok {
			return nil, nil
		}
		owner, t = s, field.Type()
	}
	return field, owner
}

// ownField returns a field of a struct, exported or not.
func ownField(s *types.Struct, name string) types.Object {
	for f := range s.Fields() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

// passed returns what the calls of a function pass for a parameter, nothing where others can call it.
func (m *machine) passed(root types.Object) []ast.Expr {
	f := m.fn.outermost()
	a := m.assignments()
	fn := f.object
	if fn == nil || !f.declares(place{root: root}) || fn.Exported() && m.pkg.Name() != "main" || a.loose[fn] || fn.Signature().Variadic() {
		return nil
	}
	var list []ast.Expr
	for i, param := range f.params(m.info) {
		for _, call := range a.calls[fn] {
			if param == root && i < len(call.Args) {
				list = append(list, call.Args[i])
			}
		}
	}
	return list
}

// assignments reads the package once.
func (p *program) assignments() *assigned {
	if p.known == nil {
		p.known = &assigned{map[*types.Var][]ast.Expr{}, map[*types.Var][]ast.Expr{}, map[*types.Func][]*ast.CallExpr{}, map[*types.Func]bool{}}
		called := map[*ast.Ident]bool{}
		for _, file := range p.pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				p.known.node(p.info, n, called)
				return true
			})
		}
		for id, object := range p.info.Uses {
			if fn, ok := object.(*types.Func); ok && !called[id] && fn.Pkg() == p.pkg {
				p.known.loose[fn.Origin()] = true
			}
		}
	}
	return p.known
}

func (a *assigned) node(info *types.Info, n ast.Node, called map[*ast.Ident]bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if fn := syntax.Callee(info, n); fn != nil {
			a.calls[fn.Origin()] = append(a.calls[fn.Origin()], n)
			called[nameOf(n)] = true
			a.handOver(info, fn, n)
		}
	case *ast.CompositeLit:
		a.literal(info, n)
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) && n.Tok == token.ASSIGN {
				a.set(info, left, n.Rhs[i])
			} else {
				a.set(info, left, nil)
			}
			if len(n.Lhs) == len(n.Rhs) {
				a.hold(info, variableIn(info, left), n.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		a.declareHeld(info, n)
	case *ast.IncDecStmt:
		a.set(info, n.X, nil)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			a.set(info, n.X, nil)
		}
	}
}

// set takes in that something is assigned to a field.
func (a *assigned) set(info *types.Info, target, value ast.Expr) {
	sel, ok := ast.Unparen(target).(*ast.SelectorExpr)
	if !ok {
		return
	}
	if field, ok := info.Uses[sel.Sel].(*types.Var); ok && field.IsField() {
		a.fields[field.Origin()] = append(a.fields[field.Origin()], value)
	}
}

// literal takes in the fields of a literal of a struct.
func (a *assigned) literal(info *types.Info, lit *ast.CompositeLit) {
	t := info.TypeOf(lit)
	if t == nil {
		return
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := pair.Key.(*ast.Ident); ok {
				if field, ok := info.Uses[id].(*types.Var); ok {
					a.fields[field.Origin()] = append(a.fields[field.Origin()], pair.Value)
					a.hold(info, field, pair.Value)
				}
			}
		} else if i < s.NumFields() {
			a.fields[s.Field(i).Origin()] = append(a.fields[s.Field(i).Origin()], e)
			a.hold(info, s.Field(i), e)
		}
	}
}
