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

	"github.com/dave/jennifer/jen"
	"golang.org/x/tools/go/packages"
)

// TestStd writes the signature of every exported function and method of the standard library into a file of another
// package, and has the type checker find it identical.
func TestStd(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes}, "std")
	if err != nil {
		t.Fatal(err)
	}
	std := map[string]*types.Package{"unsafe": types.Unsafe}
	for _, pkg := range loaded {
		std[pkg.PkgPath] = pkg.Types
	}
	count := 0
	for _, pkg := range loaded {
		if pkg.Types != nil && pkg.Name != "main" && !strings.Contains(pkg.PkgPath, "internal") && !strings.HasPrefix(pkg.PkgPath, "vendor/") {
			count += compare(t, std, pkg.Types)
		}
	}
	if count < 4000 {
		t.Errorf("%d signatures were compared, want thousands", count)
	}
}

// compare compares the signatures of one package and gives their number.
func compare(t *testing.T, std map[string]*types.Package, pkg *types.Package) int {
	f := &file{
		Input: &Input{Path: "corpus", Source: &ast.File{Name: ast.NewIdent("corpus")}, Types: types.NewPackage("corpus", "corpus")},
		names: map[string]string{}, taken: map[string]bool{}, renamed: map[*types.TypeParam]string{},
		jen: jen.NewFilePathName("corpus", "corpus"),
	}
	var wanted []*types.Signature
	for _, sig := range signatures(pkg) {
		s := jen.Func().Id(fmt.Sprintf("F%d", len(wanted)))
		if params := f.typeParams(sig.TypeParams()); len(params) > 0 {
			s.Types(params...)
		}
		f.jen.Add(s.Add(f.signature(sig)))
		wanted = append(wanted, sig)
	}
	text := f.jen.GoString()
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
