package directive

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/values"
)

func isContext(t types.Type) bool { return values.IsNamed(t, "context", "Context") }
func isAttempt(t types.Type) bool { return values.IsNamed(t, RetryPath, "Attempt") }
func isError(t types.Type) bool   { return types.Identical(t, errorType) }

var errorType = types.Universe.Lookup("error").Type()

// rolesOf says what the loop can use in a signature.
func rolesOf(sig *types.Signature) Roles {
	r := Roles{Context: -1}
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		last := sig.Variadic() && i == sig.Params().Len()-1
		switch {
		case last:
		case isContext(t) && r.Context < 0:
			r.Context = i
		case values.IsPointerTo(t, "net/http", "Request"):
			r.Requests = append(r.Requests, i)
		case isAttempt(t):
			r.Attempts = append(r.Attempts, i)
		}
	}
	for i := range sig.Results().Len() {
		if values.IsPointerTo(sig.Results().At(i).Type(), "net/http", "Response") {
			r.Responses = append(r.Responses, i)
		}
	}
	if n := sig.Results().Len(); n > 0 {
		r.Error = isError(sig.Results().At(n - 1).Type())
	}
	return r
}

// signature reads the signature of a function, which must be one that another file can repeat.
func (f *finder) signature(fn *Func) bool {
	if fn.Decl != nil {
		if pos := cgoType(fn.File, fn.Decl); pos.IsValid() {
			f.problem(fn.Pos, "%s has a cgo type in its signature, which no other file can name; wrap a function with Go types", fn.Name)
			return false
		}
	}
	fn.Roles = rolesOf(fn.Sig)
	for _, tuple := range []*types.Tuple{fn.Sig.Params(), fn.Sig.Results()} {
		for v := range tuple.Variables() {
			if why := f.unusable(v.Type()); why != "" {
				f.problem(fn.Pos, "%s cannot be wrapped: %s", fn.Name, why)
				return false
			}
		}
	}
	for param := range fn.Sig.TypeParams().TypeParams() {
		if why := f.unusable(param.Constraint()); why != "" {
			f.problem(fn.Pos, "%s cannot be wrapped: %s", fn.Name, why)
			return false
		}
	}
	return true
}

// cgoType finds a type of package C in a signature.
func cgoType(file *ast.File, decl *ast.FuncDecl) token.Pos {
	imported := false
	for _, spec := range file.Imports {
		imported = imported || spec.Path.Value == `"C"`
	}
	found := token.NoPos
	if !imported {
		return found
	}
	ast.Inspect(decl.Type, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "C" {
				found = sel.Pos()
			}
		}
		return true
	})
	return found
}

// unusable says why a type cannot be written in the generated file, "" if it can.
func (f *finder) unusable(t types.Type) string {
	w := walker{finder: f, seen: map[types.Type]bool{}}
	w.walk(t)
	return w.why
}

// walker looks through the types that a signature spells out. It does not look behind names.
type walker struct {
	*finder
	seen map[types.Type]bool
	why  string
}

func (w *walker) walk(t types.Type) {
	if t == nil || w.why != "" || w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.Invalid {
			w.why = "a type in its signature cannot be determined; does the package build?"
		}
	case *types.Alias:
		w.object(t.Obj())
		w.list(t.TypeArgs())
	case *types.Named:
		w.object(t.Obj())
		w.list(t.TypeArgs())
	case *types.Pointer:
		w.walk(t.Elem())
	case *types.Slice:
		w.walk(t.Elem())
	case *types.Array:
		w.walk(t.Elem())
	case *types.Chan:
		w.walk(t.Elem())
	case *types.Map:
		w.walk(t.Key())
		w.walk(t.Elem())
	case *types.Signature:
		w.tuple(t.Params())
		w.tuple(t.Results())
	case *types.Struct:
		for field := range t.Fields() {
			if !field.Exported() && field.Pkg() != nil && field.Pkg() != w.Types {
				w.why = "its signature has a struct with fields that package " + field.Pkg().Path() + " keeps to itself"
			}
			w.walk(field.Type())
		}
	case *types.Interface:
		for method := range t.ExplicitMethods() {
			if !method.Exported() && method.Pkg() != nil && method.Pkg() != w.Types {
				w.why = "its signature has an interface with methods that package " + method.Pkg().Path() + " keeps to itself"
			}
			w.walk(method.Type())
		}
		for embedded := range t.EmbeddedTypes() {
			w.walk(embedded)
		}
	case *types.Union:
		for term := range t.Terms() {
			w.walk(term.Type())
		}
	}
}

func (w *walker) tuple(tuple *types.Tuple) {
	for v := range tuple.Variables() {
		w.walk(v.Type())
	}
}

func (w *walker) list(list *types.TypeList) {
	for t := range list.Types() {
		w.walk(t)
	}
}

// object checks that a named type can be named from this package.
func (w *walker) object(object *types.TypeName) {
	pkg := object.Pkg()
	switch {
	case pkg == nil || pkg == w.Types || pkg.Path() == w.Types.Path():
	case !object.Exported():
		w.why = "its signature has " + pkg.Path() + "." + object.Name() + ", which that package does not export"
	case !values.CanImport(w.Types.Path(), pkg.Path()):
		w.why = "its signature has " + pkg.Path() + "." + object.Name() + ", which is internal to another tree"
	}
}
