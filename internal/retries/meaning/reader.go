package meaning

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

// reader gathers the uses in a package.
type reader struct {
	pass *analysis.Pass
	uses []Use
	made *calls // in the function whose loops are read
}

// directives reads the names in place of numbers in directives.
func (r *reader) directives() {
	for _, fn := range r.pass.ResultOf[retries.Analyzer].(*retries.Graph).All() {
		p := fn.Policy
		for _, o := range p.Operands() {
			ref := fn.Number(o.Entry.Name, o.Name)
			object, name := r.named(ref)
			if object == nil {
				continue
			}
			pos := token.Pos(o.Pos)
			end := pos + token.Pos(len(p.Spelled(o.Entry.Name))+1+len(o.Text))
			switch {
			case o.Want == policy.WantLength:
				r.add(Use{Name: name, Means: Duration, Pos: pos, End: end, object: object})
			case o.Entry.Name == "retries":
				r.add(Use{Name: name, Means: Meaning(p.Spelled("retries")), Pos: pos, End: end, object: object})
			}
		}
	}
}

// named returns the field, the variable, the constant or the function that a name of a directive ends with, and what messages
// call it. It is nil for a parameter, whose value comes from callers.
func (r *reader) named(ref *directive.Ref) (types.Object, string) {
	switch {
	case ref == nil:
		return nil, ""
	case len(ref.Path) > 0:
		last := ref.Path[len(ref.Path)-1]
		object, _, _ := types.LookupFieldOrMethod(last.From, true, r.pass.Pkg, last.Name)
		return origin(object), owner(last.From) + last.Name
	case ref.Root == directive.RootObject && ref.Object != nil:
		return origin(ref.Object), ref.Object.Name()
	}
	return nil, ""
}

// number returns what an expression is made from, if that is a field, or a variable or constant of a package, and what is
// added to it. Conversions change nothing.
func (r *reader) number(e ast.Expr) (object types.Object, name string, added int) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if len(x.Args) == 1 && r.pass.TypesInfo.Types[x.Fun].IsType() {
			return r.number(x.Args[0])
		}
	case *ast.BinaryExpr:
		n, ok := syntax.ConstantInt(r.pass.TypesInfo, x.Y)
		if !ok || x.Op != token.ADD && x.Op != token.SUB {
			return nil, "", 0
		}
		if x.Op == token.SUB {
			n = -n
		}
		object, name, added = r.number(x.X)
		return object, name, added + n
	case *ast.SelectorExpr:
		if selection := r.pass.TypesInfo.Selections[x]; selection != nil {
			if field, ok := selection.Obj().(*types.Var); ok {
				return field.Origin(), owner(selection.Recv()) + field.Name(), 0
			}
			return nil, "", 0
		}
		return r.global(x.Sel)
	case *ast.Ident:
		return r.global(x)
	}
	return nil, "", 0
}

// global returns the variable or constant of a package that an identifier means.
func (r *reader) global(id *ast.Ident) (types.Object, string, int) {
	switch object := r.pass.TypesInfo.Uses[id].(type) {
	case *types.Var, *types.Const:
		if object.Pkg() != nil && object.Parent() == object.Pkg().Scope() {
			return object, object.Name(), 0
		}
	}
	return nil, "", 0
}

// origin returns the field or method of the generic type that one of an instance is of.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Var:
		return object.Origin()
	case *types.Func:
		return object.Origin()
	}
	return object
}

// owner returns the name of a type and a dot, "" if it has none.
func owner(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name() + "."
	}
	return ""
}

// count records a number of attempts that is more by a constant than what an expression is made from.
func (r *reader) count(e ast.Expr, attempts int) {
	object, name, added := r.number(e)
	means := map[int]Meaning{0: Attempts, 1: Retries}[added+attempts]
	if object != nil && means != "" && !r.isZero(e) {
		r.add(Use{Name: name, Means: means, Pos: e.Pos(), End: e.End(), object: object})
	}
}

// isZero reports whether an expression is the constant 0, with which retries are switched off.
func (r *reader) isZero(e ast.Expr) bool {
	value := r.pass.TypesInfo.Types[e].Value
	return value != nil && value.Kind() == constant.Int && constant.Sign(value) == 0
}

func (r *reader) add(u Use) { r.uses = append(r.uses, u) }
