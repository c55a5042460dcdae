package flows

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// setupOnly returns the methods that are called on what has just been made, and on nothing else.
func setupOnly(p *check.Pass) map[*types.Func]bool {
	setup := map[*types.Func]bool{}
	for decl := range p.Functions {
		made := madeIn(p, decl)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			fn, ok := p.TypesInfo.Uses[sel.Sel].(*types.Func)
			if !ok || fn.Exported() || fn.Signature().Recv() == nil {
				return true
			}
			root, _ := ast.Unparen(sel.X).(*ast.Ident)
			before, known := setup[fn.Origin()]
			setup[fn.Origin()] = (before || !known) && root != nil && made[p.TypesInfo.ObjectOf(root)]
			return true
		})
	}
	return setup
}

// madeIn returns the variables of a function that hold what it has just made. To fill that in changes nothing that anyone
// has seen.
func madeIn(p *check.Pass, decl *ast.FuncDecl) map[types.Object]bool {
	made := map[types.Object]bool{}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != len(assign.Rhs) {
			return true
		}
		for i, right := range assign.Rhs {
			if address, ok := right.(*ast.UnaryExpr); ok && address.Op == token.AND {
				right = address.X
			}
			_, literal := right.(*ast.CompositeLit)
			call, _ := right.(*ast.CallExpr)
			if id, ok := assign.Lhs[i].(*ast.Ident); ok && (literal || call != nil && syntax.IsBuiltin(p.TypesInfo, call, "new")) {
				made[p.TypesInfo.ObjectOf(id)] = true
			}
		}
		return true
	})
	return made
}

// changesElements reports whether a call changes the elements of its first argument.
func changesElements(p *check.Pass, call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	for _, name := range []string{"delete", "clear", "copy"} {
		if syntax.IsBuiltin(p.TypesInfo, call, name) {
			return true
		}
	}
	if syntax.IsBuiltin(p.TypesInfo, call, "append") {
		_, part := ast.Unparen(call.Args[0]).(*ast.SliceExpr) // append(s[:i], …) overwrites what was behind
		return part
	}
	fn := syntax.Callee(p.TypesInfo, call)
	return fn != nil && fn.Pkg() != nil && inPlace(fn.Pkg().Path(), fn.Name())
}

// inPlace reports whether a function of the standard library changes its first argument.
func inPlace(path, name string) bool {
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	}
	switch path {
	case "sort":
		return !strings.HasSuffix(name, "AreSorted") && !begins("Search") && name != "IsSorted" && name != "SliceIsSorted"
	case "slices":
		return begins("Sort") && !begins("Sorted") || name == "Reverse" || begins("Delete", "Compact")
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	}
	return false
}
