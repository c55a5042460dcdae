package loops

import (
	"go/ast"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unlessOfConnections returns a context, "" if it is only that of connections.
func unlessOfConnections(p *check.Pass, l *loop.Loop, name string, ctx types.Object) (string, types.Object) {
	if ofConnections(p, l, ctx) || outlivesConnection(p, l, ctx) {
		return "", nil
	}
	return name, ctx
}

// accepting matches the names of methods that wait for the next connection until their listener is closed.
var accepting = regexp.MustCompile(`^Accept([A-Z].*)?$`)

// ofConnections reports whether a loop accepts connections, and hands them a context that the function has made for them. What ends the
// loop is that its listener is closed, not the context, which the loop asks for nothing.
func ofConnections(p *check.Pass, l *loop.Loop, ctx types.Object) bool {
	call, ok := l.Operation.(*ast.CallExpr)
	if !ok || !p.IsLocal(ctx) || syntax.ContextArg(p.TypesInfo, call) != nil {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !accepting.MatchString(sel.Sel.Name) {
		return false
	}
	_, body := syntax.FuncParts(l.Function)
	return !asksFor(p, body, ctx)
}

// takingOver matches the names of functions that take the connection of a request from its server, as for a web socket.
var takingOver = regexp.MustCompile(`^(Upgrade|Hijack)`)

// outlivesConnection reports whether a context is that of a request whose connection the function has taken over before a loop: such
// a context ends when the function returns, and not when the client has gone.
func outlivesConnection(p *check.Pass, l *loop.Loop, request types.Object) bool {
	if !syntax.IsNamed(request.Type(), "net/http", "*Request") {
		return false
	}
	found := false
	_, body := syntax.FuncParts(l.Function)
	syntax.InspectOwn(body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() > l.Stmt.Pos() {
			return
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			found = found || takingOver.MatchString(sel.Sel.Name)
		}
	})
	return found
}
