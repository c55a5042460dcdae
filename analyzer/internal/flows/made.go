package flows

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// setupOnly lists the methods that are called for what has just been made, and for nothing else.
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

// madeIn lists the variables of a function that hold what it has just made: to fill that in changes nothing that
// anybody has seen.
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
	if syntax.IsBuiltin(p.TypesInfo, call, "delete") || syntax.IsBuiltin(p.TypesInfo, call, "clear") || syntax.IsBuiltin(p.TypesInfo, call, "copy") {
		return true
	}
	if syntax.IsBuiltin(p.TypesInfo, call, "append") {
		_, part := ast.Unparen(call.Args[0]).(*ast.SliceExpr) // append(s[:i], …) writes over what was behind
		return part
	}
	fn, _ := typeutil.Callee(p.TypesInfo, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch name := fn.Name(); fn.Pkg().Path() {
	case "sort":
		return !strings.HasSuffix(name, "AreSorted") && !strings.HasPrefix(name, "Search") && name != "IsSorted" && name != "SliceIsSorted"
	case "slices":
		return strings.HasPrefix(name, "Sort") && !strings.HasPrefix(name, "Sorted") || name == "Reverse" || strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "Compact")
	case "maps":
		return name == "Copy" || name == "DeleteFunc" || name == "Insert"
	}
	return false
}
