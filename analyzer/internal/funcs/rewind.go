package funcs

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

// rewindable are the readers for which http.NewRequest sets GetBody.
var rewindable = []struct{ path, name string }{{"bytes", "*Buffer"}, {"bytes", "*Reader"}, {"strings", "*Reader"}}

// cannotRewind reports a request that a wrapper is given, made in sight with a body that it cannot get again.
func cannotRewind(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
	if wrapped, _ := p.Wrapped(callee); wrapped.Attempts == 1 {
		return
	}
	for _, arg := range call.Args {
		id, ok := ast.Unparen(arg).(*ast.Ident)
		if !ok || !spent.IsRequest(p.TypesInfo.TypeOf(arg)) || setsGetBody(p, decl, id) {
			continue
		}
		syntax.InspectAssigned(p.TypesInfo, decl, p.TypesInfo.Uses[id], func(value ast.Expr) {
			made, ok := ast.Unparen(value).(*ast.CallExpr)
			if !ok {
				return
			}
			switch syntax.FullName(p.TypesInfo, made) {
			case "net/http.NewRequest", "net/http.NewRequestWithContext":
				body := made.Args[len(made.Args)-1]
				if what := onlyOnce(p, decl, body); what != "" {
					p.Reportf(body, "%s cannot send this request again: only GetBody rewinds a body, and net/http sets it for no %s; "+
						"read it into memory, or set GetBody", p.Called(callee), what)
				}
			}
		})
	}
}

// setsGetBody reports whether a function sets GetBody of a request.
func setsGetBody(p *check.Pass, decl *ast.FuncDecl, request *ast.Ident) bool {
	found := false
	ast.Inspect(decl, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "GetBody" || sel.Sel.Name == "Body") {
			found = found || syntax.Mentions(p.TypesInfo, sel.X, p.TypesInfo.Uses[request])
		}
		return !found
	})
	return found
}

// onlyOnce names the type of a body that is read once, "" for nothing to read or a body that can be rewound.
func onlyOnce(p *check.Pass, decl *ast.FuncDecl, body ast.Expr) string {
	t := p.TypesInfo.TypeOf(body)
	if t == nil || types.IsInterface(t) || !spent.IsReader(t) || spent.Of(p.Pass).BodyOf(decl, body) == spent.NoBody {
		return ""
	}
	for _, r := range rewindable {
		if syntax.IsNamed(t, r.path, r.name) {
			return ""
		}
	}
	return types.TypeString(t, (*types.Package).Name)
}
