package loops

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// tailText writes the decisions behind the call, without those that do not matter there and what only they need. It returns where
// control goes behind them.
func (r *reader) tailText() (string, flow, error) {
	for {
		tail, to := r.tail(r.tree.steps)
		if r.unclear != nil {
			return "", on, r.unclear
		}
		if to != away && r.neverEnds() {
			end, err := r.lastReturn()
			if err != nil {
				return "", on, err
			}
			tail, to = tail+end, away
		}
		switch behind := r.list[r.at+1:]; {
		case to == away:
			tail = r.simple(tail)
		case len(behind) > 0 && tail != "":
			if ret, ok := behind[0].(*ast.ReturnStmt); ok {
				tail = strings.TrimSuffix(r.simple(tail+r.Source(ret)), r.Source(ret))
			}
		}
		if !r.dropUnneeded(tail) {
			return tail, to, nil
		}
	}
}

// simple returns a tail without each if that does no more than what follows it:
//
//	if errors.Is(err, errHeld) {
//		return errLost
//	}
//	return errLost
//
// One with a comment stays.
func (r *reader) simple(tail string) string {
	list, at := parseTail(tail)
	for i := len(list) - 2; i >= 0; i-- {
		branch, ok := list[i].(*ast.IfStmt)
		from := 0
		if i > 0 {
			from = at(list[i-1].End())
		}
		if !ok || !onlyDeclares(branch.Init) || branch.Else != nil || strings.TrimSpace(tail[from:at(branch.Pos())]) != "" {
			continue
		}
		behind := at(branch.End())
		body := r.whereNil(branch.Cond, tail[at(branch.Body.Lbrace)+1:at(branch.Body.Rbrace)])
		if strings.Join(strings.Fields(body), " ") == strings.Join(strings.Fields(tail[behind:]), " ") {
			tail = strings.TrimSuffix(tail[:at(branch.Pos())], "\n") + tail[behind:]
		}
	}
	return strings.TrimPrefix(tail, "\n")
}

// parseTail returns the statements of a tail, nil if it does not parse, and a function that returns where in the tail a position is.
func parseTail(tail string) (list []ast.Stmt, at func(token.Pos) int) {
	const head = "package p\nfunc _() {\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", head+tail+"\n}", parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || len(file.Decls) != 1 {
		return nil, nil
	}
	at = func(pos token.Pos) int { return int(pos-file.FileStart) - len(head) }
	return file.Decls[0].(*ast.FuncDecl).Body.List, at
}

// onlyDeclares reports whether a statement, if there is one, declares variables without a call.
func onlyDeclares(stmt ast.Stmt) bool {
	a, ok := stmt.(*ast.AssignStmt)
	return stmt == nil || ok && a.Tok == token.DEFINE && !syntax.HasCall(a)
}

// whereNil writes the body of an if with the error in the place of nil, where the condition is that the error is nil.
func (r *reader) whereNil(cond ast.Expr, body string) string {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.EQL {
		return body
	}
	x, isName := b.X.(*ast.Ident)
	y, isNil := b.Y.(*ast.Ident)
	returned, returns := strings.CutPrefix(strings.TrimSpace(body), "return ")
	if !isName || !isNil || !returns || x.Name != r.err.Name() || y.Name != "nil" {
		return body
	}
	if rest, ok := strings.CutSuffix(returned, "nil"); ok && (rest == "" || strings.HasSuffix(rest, ", ")) {
		return "return " + rest + x.Name
	}
	return body
}
