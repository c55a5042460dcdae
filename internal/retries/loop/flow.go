package loop

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

func sortBlocks(list []*block) {
	slices.SortFunc(list, func(a, b *block) int { return cmp.Compare(a.order, b.order) })
}

// variable is a variable, or a field of one: err, res.err, c.state.delay.
type variable struct {
	object types.Object
	fields string
}

// name returns the name of the variable or field.
func (v variable) name() string {
	if v.fields != "" {
		return v.fields[strings.LastIndexByte(v.fields, '.')+1:]
	}
	return v.object.Name()
}

// variableOf returns the variable that an expression is, through pointers.
func variableOf(info *types.Info, e ast.Expr) (variable, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := info.ObjectOf(e).(*types.Var)
		return variable{object: v}, ok && e.Name != "_"
	case *ast.StarExpr:
		return variableOf(info, e.X)
	case *ast.SelectorExpr:
		if sel := info.Selections[e]; sel != nil && sel.Kind() == types.FieldVal {
			v, ok := variableOf(info, e.X)
			v.fields += "." + e.Sel.Name
			return v, ok
		}
		if v, ok := info.Uses[e.Sel].(*types.Var); ok {
			return variable{object: v}, true // of another package
		}
	}
	return variable{}, false
}

// assignment sets a variable.
type assignment struct {
	to    variable
	value ast.Expr // the call for one of several results; nil where it is not known
	step  bool     // to itself and a constant more or less
	up    bool     // more
	moves bool     // to what is computed from itself: delay *= 2
	state bool     // a method of the variable may have set its fields
	index int      // which of several results, -1 if value is the whole
	block *block
	pos   token.Pos
}

// assignments returns what the nodes of a block assign, those in function literals included.
func assignments(info *types.Info, b *block) []*assignment {
	var list []*assignment
	add := func(target, value ast.Expr, index int) *assignment {
		v, ok := variableOf(info, target)
		if !ok {
			return nil
		}
		a := &assignment{to: v, value: value, index: index, block: b, pos: target.Pos()}
		list = append(list, a)
		return a
	}
	for _, n := range b.nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				assign(info, n, add)
			case *ast.ValueSpec:
				for i, id := range n.Names {
					switch {
					case len(n.Values) == len(n.Names):
						add(id, n.Values[i], -1)
					case len(n.Values) == 1:
						add(id, n.Values[0], i)
					}
				}
			case *ast.IncDecStmt:
				if a := add(n.X, nil, -1); a != nil {
					a.step, a.up, a.moves = true, n.Tok == token.INC, true
				}
			case *ast.CallExpr:
				if receiver(n) != nil && !computes(info, n) {
					if a := add(receiver(n), n, 0); a != nil {
						a.state = true
					}
				}
				for _, arg := range n.Args {
					if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND {
						add(u.X, n, -1)
					}
				}
			}
			return true
		})
	}
	return list
}

// assign adds the assignments of a statement.
func assign(info *types.Info, n *ast.AssignStmt, add func(target, value ast.Expr, index int) *assignment) {
	for i, left := range n.Lhs {
		switch {
		case len(n.Rhs) != len(n.Lhs):
			add(left, n.Rhs[0], i)
		case n.Tok == token.ASSIGN || n.Tok == token.DEFINE:
			if a := add(left, n.Rhs[i], -1); a != nil {
				a.step, a.up = stepOf(info, a.to, n.Rhs[i])
				inspectVariables(info, n.Rhs[i], func(v variable) { a.moves = a.moves || v == a.to })
			}
		default:
			a := add(left, n.Rhs[i], -1)
			if a == nil {
				continue
			}
			a.moves = true
			if info.Types[n.Rhs[i]].Value != nil {
				a.step = n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN
				a.up = n.Tok == token.ADD_ASSIGN
			}
		}
	}
}

// stepOf recognizes i + 1 and i - 1 for a variable i.
func stepOf(info *types.Info, v variable, e ast.Expr) (step, up bool) {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.ADD && b.Op != token.SUB || info.Types[b.Y].Value == nil {
		return false, false
	}
	x, ok := variableOf(info, b.X)
	return ok && x == v, b.Op == token.ADD
}

// flow is what the blocks of one loop assign.
type flow struct {
	*function
	*natural
	set     map[variable][]*assignment
	methods map[variable][]*assignment // the calls that may have set the fields of a variable
	puts    map[variable][]put         // what is put into a map
	at      *block                     // where conditions are looked at
	sites   map[ast.Expr]*block        // where operations are made, as far as they have been found
}

func newFlow(f *function, l *natural) *flow {
	w := &flow{function: f, natural: l, set: map[variable][]*assignment{}, methods: map[variable][]*assignment{},
		puts: putsOf(f.info, l), sites: map[ast.Expr]*block{}}
	for _, b := range l.blocks {
		for _, a := range f.assignmentsOf(b) {
			if a.state {
				w.methods[a.to] = append(w.methods[a.to], a)
			} else {
				w.set[a.to] = append(w.set[a.to], a)
			}
		}
		if a := element(f.info, l, b); a != nil {
			w.set[a.to] = append(w.set[a.to], a)
		}
	}
	return w
}

// element returns what a loop inside sets its variable to: to an element of what it ranges over. It is nil for any other block.
func element(info *types.Info, l *natural, b *block) *assignment {
	if b == l.head || b.branch == nil || b.branch.ranges == nil || b.branch.ranges.Value == nil {
		return nil
	}
	v, ok := variableOf(info, b.branch.ranges.Value)
	if !ok {
		return nil
	}
	return &assignment{to: v, value: b.branch.ranges.X, index: 1, block: b, pos: b.branch.ranges.Value.Pos()}
}

// reaching returns the assignments of the loop whose values a variable may have at the end of a block, or before a position
// in it: the last one that is made on every way, and later ones. For a field, assignments to the whole variable count too.
func (w *flow) reaching(v variable, at *block, before token.Pos) []*assignment {
	list := w.set[v]
	if v.fields != "" {
		list = append(slices.Clip(list), w.set[variable{object: v.object}]...)
	}
	if at == nil || len(list) < 2 {
		return list
	}
	var last *assignment
	for _, a := range list {
		sure := a.block.dominates(at) && (a.block != at || !before.IsValid() || a.pos < before)
		if sure && (last == nil || a.block.order > last.block.order || a.block == last.block && a.pos > last.pos) {
			last = a
		}
	}
	if last == nil {
		return list
	}
	reaching := []*assignment{last}
	for _, a := range list {
		if a.block.order > last.block.order && w.comesBefore(a.block, at) {
			reaching = append(reaching, a)
		}
	}
	return reaching
}

// comesBefore reports whether a block comes before another in the same round. A loop inside comes before what follows it.
func (w *flow) comesBefore(b, other *block) bool {
	for inner := b.loop; inner != nil && inner != w.natural && w.has[inner.head] && !inner.has[other]; inner = inner.outer {
		b = inner.head
	}
	return b.order < other.order
}

// inspectVariables visits the variables in an expression, the largest selectors first, but for function literals' own.
func inspectVariables(info *types.Info, e ast.Node, visit func(variable)) {
	ast.Inspect(e, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if v, ok := variableOf(info, e); ok {
			visit(v)
			return false
		}
		return true
	})
}

// results returns the calls and receives in the loop that the value of an expression in a block comes from, directly or
// through variables. Calls that only compute, such as those of package strings, are passed through.
func (w *flow) results(e ast.Expr, at *block) []ast.Expr {
	s := &search{w: w, seen: map[any]bool{}}
	s.expr(e, at, token.NoPos, 0)
	return s.found
}
