package syntax_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/syntax"
)

// std imports the standard library for all tests.
var std = importer.Default()

// check type-checks declarations that may use some packages, and returns the function f among them.
func check(t *testing.T, decls string) (*ast.FuncDecl, *types.Info) {
	t.Helper()
	src := "package p\n"
	for _, path := range []string{"context", "errors", "io", "time"} {
		if strings.Contains(decls, path+".") {
			src += fmt.Sprintf("import %q\n", path)
		}
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src+decls, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}
	if _, err := (&types.Config{Importer: std}).Check("p", fset, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Name == "f" {
			return fn, info
		}
	}
	t.Fatal("there is no f")
	return nil, nil
}

// callOf returns the call of a function in a function.
func callOf(fn *ast.FuncDecl, name string) *ast.CallExpr {
	var found *ast.CallExpr
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && syntax.Text(call.Fun) == name {
			found = call
		}
		return true
	})
	return found
}

func TestUnversioned(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/cenkalti/backoff/v4": "github.com/cenkalti/backoff 4", "example.com/v12": "example.com 12",
		"net/http": "net/http 1", "time": "time 1", "example.com/v4/sub": "example.com/v4/sub 1", "example.com/version": "example.com/version 1",
		"gopkg.in/yaml.v3": "gopkg.in/yaml.v3 1", "": " 1",
	} {
		if p, major := syntax.Unversioned(path); fmt.Sprint(p, " ", major) != want {
			t.Errorf("%q is %q, version %d, want %s", path, p, major, want)
		}
	}
}

func TestFullName(t *testing.T) {
	const decls = `
type T struct{ call func() }
func (*T) m() {}
type G[X any] struct{}
func (G[X]) m() {}
type i interface{ m() }
func f(t *T, g G[int], i i, v func()) { %s }
`
	for call, want := range map[string]string{
		"t.m": "p.T.m", "g.m": "p.G.m", "i.m": "p.i.m", "time.Now": "time.Now", "v": "", "t.call": "", "func() {}": "",
		"time.Time.Local": "time.Time.Local",
	} {
		args := "()"
		if call == "time.Time.Local" {
			args = "(time.Now())"
		}
		fn, info := check(t, fmt.Sprintf(decls, call+args))
		if got := syntax.FullName(info, fn.Body.List[0].(*ast.ExprStmt).X.(*ast.CallExpr)); got != want {
			t.Errorf("%s is %q, want %q", call, got, want)
		}
	}
}

// TestStatementsBefore lists the calls that have run when the call of here is reached.
func TestStatementsBefore(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"straight", "a(); b(); here(); c()", "a b"},
		{"block", "a(); { b(); here() }; c()", "a b"},
		{"other block", "a(); { b() }; here()", "a block"},
		{"if", "a(); if b(); true { c(); here() } else { d() }", "a b c"},
		{"else", "if a(); true { b() } else { c(); here() }", "a c"},
		{"switch", "a(); switch { case true: b(); case false: c(); here() }", "a c"},
		{"select", "a(); select { case <-ch: b(); default: c(); here() }", "a c"},
		{"loop", "a(); for range 3 { b(); here(); c() }", "a b"},
		{"literal", "a(); v := func() { b(); here() }; v()", "a"},
		{"first", "here(); a()", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			fn, _ := check(t, "var ch chan int\nfunc a() {}\nfunc b() {}\nfunc c() {}\nfunc d() {}\nfunc here() {}\nfunc f() { "+test.body+" }")
			var got []string
			syntax.StatementsBefore(fn.Body.List, callOf(fn, "here"), func(stmt ast.Stmt) {
				switch stmt := stmt.(type) {
				case *ast.ExprStmt:
					got = append(got, strings.TrimSuffix(syntax.Text(stmt.X), "()"))
				case *ast.BlockStmt:
					got = append(got, "block")
				}
			})
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	for _, test := range []struct {
		name, body string
		given      bool
		after      time.Duration
	}{
		{"parameter", "here(ctx)", false, 0},
		{"timeout", "c, cancel := context.WithTimeout(ctx, 5*time.Second); defer cancel(); here(c)", true, 5 * time.Second},
		{"cause", "c, cancel := context.WithTimeoutCause(ctx, time.Minute, nil); defer cancel(); here(c)", true, time.Minute},
		{"variable", "d := time.Second; c, cancel := context.WithTimeout(ctx, d); defer cancel(); here(c)", true, 0},
		{"deadline", "c, cancel := context.WithDeadline(ctx, time.Time{}); defer cancel(); here(c)", true, 0},
		{"cancel", "c, cancel := context.WithCancel(ctx); defer cancel(); here(c)", false, 0},
		{"later", "c := ctx; here(c); c, cancel := context.WithTimeout(ctx, time.Second); defer cancel()", false, 0},
		{"again", "c, cancel := context.WithTimeout(ctx, time.Second); defer cancel(); c = ctx; here(c)", false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			fn, info := check(t, "func here(context.Context) {}\nfunc f(ctx context.Context) { "+test.body+"; _ = time.Now }")
			given, after := syntax.Deadline(info, fn.Body, callOf(fn, "here").Args[0])
			if given != test.given || after != test.after {
				t.Errorf("got %t after %s, want %t after %s", given, after, test.given, test.after)
			}
		})
	}
}

// TestTypes asks the questions about types of a parameter.
func TestTypes(t *testing.T) {
	questions := map[string]func(types.Type) bool{
		"context": syntax.IsContext, "error": syntax.IsError, "closes": syntax.Closes, "reads": syntax.ReadsBytes, "streams": syntax.Streams,
	}
	for param, want := range map[string]string{
		"context.Context": "context", "error": "error", "*failure": "error", "failure": "",
		"io.Reader": "reads", "io.ReadCloser": "closes reads streams", "io.Closer": "closes", "int": "",
		"interface{ Recv() (int, error) }": "streams", "interface{ Read(p string) }": "", "alias": "context",
	} {
		fn, info := check(t, `
type failure struct{}
func (*failure) Error() string { return "" }
type alias = context.Context
func f(x `+param+`, _ io.Reader) {}`)
		typ := info.TypeOf(fn.Type.Params.List[0].Type)
		var got []string
		for _, name := range []string{"context", "error", "closes", "reads", "streams"} {
			if questions[name](typ) {
				got = append(got, name)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %q, want %q", param, s, want)
		}
	}
}

// TestLeaves looks at the last statement of a loop's body, in a switch or not.
func TestLeaves(t *testing.T) {
	for stmt, want := range map[string][3]bool{ // leaves, leaves under a switch, continues
		"return": {true, true, false}, "break": {true, false, false}, "break loop": {true, true, false}, "goto end": {true, true, false},
		"continue": {false, false, true}, "if x { continue }": {false, false, true}, "if x { return }": {false, false, false},
		"if x { return } else { continue }": {false, false, true}, "{ return }": {true, true, false}, "x = true": {false, false, false},
		"select { default: continue }": {false, false, true},
	} {
		fn, _ := check(t, "func f(x bool) {\nloop:\nfor { for x { break loop }; "+stmt+" }\ngoto end\nend:\n}")
		body := fn.Body.List[0].(*ast.LabeledStmt).Stmt.(*ast.ForStmt).Body.List
		if got := [3]bool{syntax.Leaves(body, false), syntax.Leaves(body, true), syntax.Continues(body)}; got != want {
			t.Errorf("%s: got %v, want %v", stmt, got, want)
		}
	}
}

// TestInspectAssigned lists what is assigned to x.
func TestInspectAssigned(t *testing.T) {
	fn, info := check(t, `
func two() (int, int) { return 1, 2 }
func f() {
	var x, y = 1, 2
	x, y = y, 3
	y, x = two()
	x++
	func() { x := 4; _ = x }()
	if x = 5; y > 0 { _ = y }
}`)
	var x types.Object
	for id, object := range info.Defs {
		if id.Name == "x" && (x == nil || id.Pos() < x.Pos()) {
			x = object
		}
	}
	var got []string
	syntax.InspectAssigned(info, fn.Body, x, func(e ast.Expr) { got = append(got, syntax.Text(e)) })
	if s := strings.Join(got, " "); s != "1 y two() 5" {
		t.Errorf("got %q", s)
	}
}
