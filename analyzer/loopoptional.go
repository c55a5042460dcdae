package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/types/typeutil"
)

// deferred is RL406.
func (r *reporter) deferred(l *handLoop) {
	ast.Inspect(l.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			r.reportf("RL406", n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; close it before the next attempt")
		}
		return true
	})
}

// unheeded is RL407.
func (r *reporter) unheeded(l *handLoop) {
	name, ctx := r.contextVar(l.stmt.Pos())
	if ctx == nil || !r.on("RL407") {
		return
	}
	looked := false
	ast.Inspect(l.stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			looked = true
		case *ast.SelectorExpr:
			looked = looked || (n.Sel.Name == "Err" || n.Sel.Name == "Done") && syntax.Mentions(r.TypesInfo, n.X, ctx)
		case *ast.CallExpr:
			// A wait that is given the context looks at it.
			if fn, ok := typeutil.Callee(r.TypesInfo, n).(*types.Func); ok && waitPattern.MatchString(fn.Name()) && syntax.Mentions(r.TypesInfo, n, ctx) {
				looked = true
			}
		case *ast.Ident:
			looked = looked || n.Name == "Canceled" || n.Name == "DeadlineExceeded"
		}
		return !looked
	})
	if !looked {
		r.report(finding{id: "RL407", pos: l.stmt.Pos(), end: l.body.Lbrace, message: fmt.Sprintf("the loop tries again although %s may be done; look at %s.Err() before each attempt", name, name)})
	}
}

// unbridled is RL408.
func (r *reporter) unbridled(l *handLoop) {
	at := finding{id: "RL408", pos: l.stmt.Pos(), end: l.body.Lbrace}
	name, _ := r.contextVar(l.stmt.Pos())
	constantWait := len(l.waits) > 0
	for _, w := range l.waits {
		if w.delay == nil || r.TypesInfo.Types[w.delay].Value == nil {
			constantWait = false
		}
	}
	stmt, isFor := l.stmt.(*ast.ForStmt)
	switch {
	case isFor && stmt.Cond == nil && name == "" && !r.returnsOften(l):
		at.message = "nothing bounds this loop: neither a number of attempts nor a context"
	case len(l.waits) == 0 && !l.waitsByName(r.TypesInfo):
		at.message = "the loop tries again at once: whatever failed is hit again while it is down"
	case constantWait:
		at.message = "the loop waits equally long each time: callers that fail together retry together; let the wait grow, and add jitter"
	default:
		return
	}
	r.report(at)
}

// returnsOften reports whether a loop has a way out besides success: a second return or break.
func (r *reporter) returnsOften(l *handLoop) bool {
	n := 0
	ast.Inspect(l.body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			n++
		case *ast.BranchStmt:
			if node.Tok == token.BREAK {
				n++
			}
		}
		return true
	})
	return n > 1
}

// byText is RL409.
func (r *reporter) byText(body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := syntax.FullName(r.TypesInfo, n); strings.HasPrefix(name, "strings.") && r.isErrorText(n.Args[0]) {
				r.reportf("RL409", n, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
				return false
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (r.isErrorText(n.X) || r.isErrorText(n.Y)) {
				r.reportf("RL409", n, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
			}
		}
		return true
	})
}

// isErrorText reports whether an expression is err.Error(), perhaps in other letters.
func (r *reporter) isErrorText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if len(call.Args) == 1 && strings.HasPrefix(syntax.FullName(r.TypesInfo, call), "strings.To") {
		return r.isErrorText(call.Args[0])
	}
	t := r.TypesInfo.TypeOf(sel.X)
	return sel.Sel.Name == "Error" && t != nil && types.Implements(t, syntax.ErrorType.Underlying().(*types.Interface))
}
