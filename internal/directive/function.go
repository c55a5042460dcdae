package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// function handles a function or method declaration.
func (f *finder) function(decl *ast.FuncDecl, lines []line) {
	pos, name := lines[0].pos, decl.Name.Name
	if name == "_" || decl.Recv == nil && (name == "init" || name == "main" && f.Types.Name() == "main") {
		f.problem(pos, "%s cannot be called, so it cannot be retried; put the directive on a function of its own", name)
		return
	}
	object, _ := f.Info.Defs[decl.Name].(*types.Func)
	if object == nil {
		f.untyped(pos, lines[0].file, decl.Name)
		return
	}
	fn := &Func{
		File: lines[0].file, Pos: pos, Flow: lines[0].verb == "flow",
		Name: name, Object: object, Sig: object.Signature(), Decl: decl, pkg: f.Types,
	}
	fn.Task = f.Types.Name() + "." + name
	if decl.Recv != nil {
		fn.Receiver = receiverOf(decl)
		fn.Task = f.Types.Name() + "." + fn.Receiver.Type + "." + name
		fn.Self = fn.Sig.Recv().Type()
	}
	stack, ok := f.stack(lines, fn)
	if !ok || !f.signature(fn) {
		return
	}
	before := len(f.problems)
	f.fit(fn, stack)
	f.name(fn)
	f.nameTask(fn)
	if len(f.problems) == before {
		f.found.Funcs = append(f.found.Funcs, fn)
	}
}

// receiverOf reads a receiver as its declaration writes it.
func receiverOf(decl *ast.FuncDecl) *Receiver {
	field := decl.Recv.List[0]
	r := &Receiver{}
	if len(field.Names) > 0 && field.Names[0].Name != "_" {
		r.Name = field.Names[0].Name
	}
	expr := ast.Unparen(field.Type)
	if star, ok := expr.(*ast.StarExpr); ok {
		r.Pointer = true
		expr = ast.Unparen(star.X)
	}
	var params []ast.Expr
	switch indexed := expr.(type) {
	case *ast.IndexExpr:
		expr, params = indexed.X, []ast.Expr{indexed.Index}
	case *ast.IndexListExpr:
		expr, params = indexed.X, indexed.Indices
	}
	for _, p := range params {
		if id, ok := p.(*ast.Ident); ok {
			r.TypeParams = append(r.TypeParams, id.Name)
		}
	}
	if id, ok := ast.Unparen(expr).(*ast.Ident); ok {
		r.Type = id.Name
	}
	return r
}

// name decides the wrapper's name, which nothing else may have.
func (f *finder) name(fn *Func) {
	fn.Wrapper = fn.Name + "WithRetry"
	if fn.Type != nil {
		fn.Wrapper = "WithRetry"
	}
	pos := fn.Pos
	if as := fn.Policy.As; as.IsSet() {
		fn.Wrapper, pos = as.Value, token.Pos(as.Pos)
	}
	f.claimBeside(fn, pos, fn.Wrapper)
}

// claimBeside takes a name for a function or method that stands beside the annotated one.
func (f *finder) claimBeside(fn *Func, pos token.Pos, name string) {
	if fn.Receiver == nil {
		f.claim(pos, name)
		return
	}
	key := fn.Receiver.Type + "." + name
	if holder := f.holds(fn.Sig.Recv().Type(), name); holder != "" {
		f.problem(pos, "%s is a %s of %s already; choose another name with as=", name, holder, fn.Receiver.Type)
	} else if f.taken[key] {
		f.problem(pos, "another directive makes a method %s of %s already; choose another name with as=", name, fn.Receiver.Type)
	}
	f.taken[key] = true
}

// claim takes a package-level name.
func (f *finder) claim(pos token.Pos, name string) {
	switch {
	case f.declared(f.Types.Scope().Lookup(name)):
		f.problem(pos, "%s is declared in package %s already; choose another name with as=", name, f.Types.Name())
	case f.taken[name]:
		f.problem(pos, "another directive makes %s already; choose another name with as=", name)
	case name == "init" || name == "main" && f.Types.Name() == "main":
		f.problem(pos, "%s has a meaning of its own in Go; choose another name with as=", name)
	case f.imported(name):
		f.problem(pos, "%s is the name of an import in package %s already; choose another name with as=", name, f.Types.Name())
	}
	if path := f.dotted(name); path != "" {
		f.problem(pos, "%s is a name of package %s, which is imported with a dot; choose another name with as=", name, path)
	}
	f.taken[name] = true
}

// dotted returns the path of a package that a file imports with a dot and that exports a name, "" if there is none.
func (f *finder) dotted(name string) string {
	if !token.IsExported(name) {
		return ""
	}
	if f.dotImports == nil {
		f.dotImports = map[string]*types.Package{}
		for _, file := range f.Files {
			for _, spec := range file.Imports {
				if spec.Name != nil && spec.Name.Name == "." {
					f.dotImports[spec.Path.Value] = f.imports(spec)
				}
			}
		}
	}
	for _, text := range slices.Sorted(maps.Keys(f.dotImports)) {
		if pkg := f.dotImports[text]; pkg != nil && pkg.Scope().Lookup(name) != nil {
			return pkg.Path()
		}
	}
	return ""
}

// imported reports whether a file of the package imports something under a name.
func (f *finder) imported(name string) bool {
	if f.importNames == nil {
		f.importNames = map[string]bool{}
		for _, file := range f.Files {
			for _, spec := range file.Imports {
				f.importNames[f.importName(spec)] = true
			}
		}
	}
	return f.importNames[name]
}

// declared reports whether there is such an object, other than in what retrygen itself has written.
func (f *finder) declared(object types.Object) bool {
	return object != nil && (f.Written == nil || !f.Written(object.Pos()))
}

// holds says what a type has of that name itself, not through embedding: a "field", a "method", or "".
func (f *finder) holds(t types.Type, name string) string {
	object, index, _ := types.LookupFieldOrMethod(t, true, f.Types, name)
	if !f.declared(object) || len(index) != 1 {
		return ""
	}
	if _, ok := object.(*types.Func); ok {
		return "method"
	}
	return "field"
}
