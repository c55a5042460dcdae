package check

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// ContextAt returns an expression for a context that is in scope at a position: a variable, or the context of a request
// that the function handles. It is "" where there is none. A variable that only ever holds context.Background or
// context.TODO does not count.
func (p *Pass) ContextAt(pos token.Pos) string {
	name, _ := p.ContextVar(pos)
	return name
}

// ContextVar is ContextAt with the variable.
func (p *Pass) ContextVar(pos token.Pos) (string, types.Object) {
	inner := p.innermost(pos)
	known := carriers.Of(p)
	request, requestVar := "", types.Object(nil)
	for scope := inner; scope != nil && scope != p.Pkg.Scope() && scope != types.Universe; scope = scope.Parent() {
		for _, v := range known[scope] {
			if !visible(inner, v, pos) {
				continue
			}
			if syntax.CarriesContext(v.Type()) && !neverDone.Of(p)[v] {
				return v.Name(), v
			}
			if request == "" && syntax.IsNamed(v.Type(), "net/http", "*Request") && p.IsParameter(v) {
				request, requestVar = v.Name()+".Context()", v
			}
		}
	}
	return request, requestVar
}

// carriers are the variables of a package that are contexts, or requests, which have one, by their scopes and sorted by name.
var carriers = Share(func(p *Pass) map[*types.Scope][]*types.Var {
	list := map[*types.Scope][]*types.Var{}
	for _, object := range p.TypesInfo.Defs {
		v, ok := object.(*types.Var)
		if ok && v.Parent() != nil && v.Name() != "_" && (syntax.CarriesContext(v.Type()) || syntax.IsNamed(v.Type(), "net/http", "*Request")) {
			list[v.Parent()] = append(list[v.Parent()], v)
		}
	}
	for _, vars := range list {
		slices.SortFunc(vars, func(a, b *types.Var) int { return cmp.Compare(a.Name(), b.Name()) })
	}
	return list
})

// visible reports whether a position in an inner scope can use a variable.
func visible(inner *types.Scope, v *types.Var, pos token.Pos) bool {
	if v.Pos() >= pos {
		return false
	}
	_, used := inner.LookupParent(v.Name(), pos)
	return used == v
}

// innermost returns the smallest scope around a position: the last one that begins before it, or one around that.
func (p *Pass) innermost(pos token.Pos) *types.Scope {
	all := scopes.Of(p)
	after, _ := slices.BinarySearchFunc(all, pos, func(s *types.Scope, pos token.Pos) int {
		if s.Pos() <= pos {
			return -1
		}
		return 1
	})
	if after == 0 {
		return nil
	}
	scope := all[after-1]
	for scope != nil && !scope.Contains(pos) {
		scope = scope.Parent()
	}
	if scope == p.Pkg.Scope() || scope == types.Universe {
		return nil
	}
	return scope
}

// scopes are the scopes of a package's files, in the order in which they begin.
var scopes = Share(func(p *Pass) []*types.Scope {
	var list []*types.Scope
	for _, s := range p.TypesInfo.Scopes {
		if s.Pos().IsValid() {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *types.Scope) int {
		return cmp.Or(cmp.Compare(a.Pos(), b.Pos()), cmp.Compare(b.End(), a.End()))
	})
	return list
})

// IsParameter reports whether a variable is a parameter or a receiver of a function.
func (p *Pass) IsParameter(v types.Object) bool { return parameters.Of(p)[v] }

// IsLocal reports whether a variable is declared in a function, and is not one of its parameters.
func (p *Pass) IsLocal(v types.Object) bool { return v.Parent() != p.Pkg.Scope() && !p.IsParameter(v) }

// parameters holds the parameters of all functions.
var parameters = Share(func(p *Pass) map[types.Object]bool {
	set := map[types.Object]bool{}
	add := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				set[p.TypesInfo.Defs[id]] = true
			}
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.FuncDecl)(nil), (*ast.FuncType)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.FuncDecl:
			add(n.Recv)
		case *ast.FuncType:
			add(n.Params)
		}
	}
	return set
})

// neverDone holds the contexts that are made in sight, and the unexported fields that hold such: true for those that are
// context.Background or context.TODO, or hold one of them with values, and never anything else.
var neverDone = Share(func(p *Pass) map[types.Object]bool {
	fresh := map[types.Object]bool{}
	add := func(id *ast.Ident, value ast.Expr) {
		if !syntax.IsContext(p.TypesInfo.TypeOf(id)) {
			return
		}
		object := p.TypesInfo.ObjectOf(id)
		if value != nil && neverEnds(p, value, object) && !neverEnds(p, value, nil) {
			return // ctx, log = withLogger(ctx, log) ends as the ctx before does
		}
		before, known := fresh[object]
		fresh[object] = (before || !known) && value != nil && neverEnds(p, value, nil)
	}
	for v, values := range FieldValues.Of(p) {
		if !v.Exported() && syntax.IsContext(v.Type()) {
			fresh[v] = !slices.ContainsFunc(values, func(value ast.Expr) bool { return value == nil || !neverEnds(p, value, nil) })
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil)) {
		_, perhaps := cursor.Parent().Parent().Node().(*ast.IfStmt)
		switch n := cursor.Node().(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				id, ok := left.(*ast.Ident)
				switch {
				case !ok:
				case perhaps && p.IsParameter(p.TypesInfo.ObjectOf(id)): // if ctx == nil { ctx = context.Background() }
					add(id, nil)
				case len(n.Rhs) == 1:
					add(id, n.Rhs[0]) // which may have several results
				default:
					add(id, n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) == 1 {
					add(id, n.Values[0])
				} else if i < len(n.Values) {
					add(id, n.Values[i])
				}
			}
		}
	}
	return fresh
})

// NeverDone reports whether a variable or a field only ever holds context.Background or context.TODO, perhaps with values.
func (p *Pass) NeverDone(v types.Object) bool { return neverDone.Of(p)[v] }

// ending matches the full names of functions whose contexts end.
var ending = regexp.MustCompile(`(?i)cancel|cause|timeout|deadline|signal|notify|interrupt|group|stop|done|tomb`)

// neverEnds reports whether an expression is context.Background or context.TODO, or calls a function of another package which is passed
// such a context, and returns one that holds it: metadata.NewOutgoingContext(context.Background(), md). It has no function among its
// results that ends it. The variable itself counts as such a context, if it is not nil.
func neverEnds(p *Pass, e ast.Expr, self types.Object) bool {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return self != nil && p.TypesInfo.Uses[id] == self
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || syntax.IsFreshContext(p.TypesInfo, call) {
		return ok
	}
	fn, ctx := syntax.Callee(p.TypesInfo, call), syntax.ContextArg(p.TypesInfo, call)
	if fn == nil || fn.Pkg() == p.Pkg || ctx == nil || ending.MatchString(syntax.FullName(p.TypesInfo, call)) || !neverEnds(p, ctx, self) {
		return false
	}
	for v := range fn.Signature().Results().Variables() {
		if _, ends := v.Type().Underlying().(*types.Signature); ends {
			return false
		}
	}
	return true
}
