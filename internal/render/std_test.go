package render

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/directive"
)

// TestStd writes the signature of every exported function and method of the standard library into a file of another
// package, and has the type checker find it identical.
func TestStd(t *testing.T) {
	std := library()
	count := 0
	for path, pkg := range std {
		if !strings.Contains(path, "internal") && !strings.HasPrefix(path, "vendor/") && !strings.HasPrefix(path, "github.com/") {
			count += compare(t, std, pkg)
		}
	}
	if count < 4000 {
		t.Errorf("%d signatures were compared, want thousands", count)
	}
}

// compare compares the signatures of one package and returns their number.
func compare(t *testing.T, std map[string]*types.Package, pkg *types.Package) int {
	p := &Package{Path: "corpus", Types: types.NewPackage("corpus", "corpus"), Info: &types.Info{}, Found: &directive.Found{}}
	f := newFile(&Input{Package: p, Source: &ast.File{Name: ast.NewIdent("corpus")}})
	var wanted []*types.Signature
	for _, sig := range signatures(pkg) {
		params := map[*types.TypeParam]*name{}
		t := typer{f, params}
		var list []code
		for param := range sig.TypeParams().TypeParams() {
			params[param] = written(param.Obj().Name())
			list = append(list, join(declareType(params[param]), " ", t.typeOf(param.Constraint())))
		}
		f.add(nil, &decl{head: join(fmt.Sprintf("func F%d", len(wanted)), brackets(list), t.signature(sig))})
		wanted = append(wanted, sig)
	}
	if err := f.decide(); err != nil {
		t.Fatal(err)
	}
	written, err := f.print()
	if err != nil {
		t.Fatal(err)
	}
	text := string(written)
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, pkg.Path(), text, 0)
	if err != nil {
		t.Fatalf("%s: %v\n%s", pkg.Path(), err, text)
	}
	config := types.Config{
		IgnoreFuncBodies: true,
		Error: func(err error) {
			if !strings.Contains(err.Error(), "missing function body") {
				t.Error(err)
			}
		},
		Importer: importer(func(path string) (*types.Package, error) {
			if std[path] == nil {
				return nil, errors.New("no such package in std: " + path)
			}
			return std[path], nil
		}),
	}
	got, _ := config.Check("corpus", fset, []*ast.File{parsed}, nil)
	for i, sig := range wanted {
		object := got.Scope().Lookup(fmt.Sprintf("F%d", i))
		if object == nil || !types.Identical(object.Type(), sig) {
			t.Errorf("%s: %v was written as %v", pkg.Path(), sig, object)
		}
	}
	return len(wanted)
}

// hidden matches what another package cannot name.
var hidden = regexp.MustCompile(`internal/|vendor/|\.[a-z]\w*([\[\],) {}]|$)`)

// signatures lists the exported functions of a package, and the exported methods of its exported types, that another
// package can write down. Methods of generic types are functions of their receivers' parameters, and left out.
func signatures(pkg *types.Package) []*types.Signature {
	var list []*types.Signature
	add := func(object types.Object) {
		fn, ok := object.(*types.Func)
		if ok && fn.Exported() && !hidden.MatchString(types.TypeString(fn.Type(), nil)) {
			list = append(list, fn.Signature())
		}
	}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		add(object)
		named, ok := object.Type().(*types.Named)
		if _, isType := object.(*types.TypeName); !ok || !isType || !object.Exported() || named.TypeParams().Len() > 0 {
			continue
		}
		for method := range types.NewMethodSet(types.NewPointer(named)).Methods() {
			add(method.Obj())
		}
	}
	return list
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }
