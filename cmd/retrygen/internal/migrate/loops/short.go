package loops

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// mentionsName reports whether source text has the name of a variable in it.
func mentionsName(text string, o types.Object) bool {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(o.Name()) + `\b`).MatchString(text)
}

// hooked reports whether the policy mentions a result of an attempt.
func (r *reader) hooked(o types.Object) bool {
	for _, option := range r.site.Policy {
		if h := option.Hook; h != nil {
			if _, ok := h.Words[o]; ok {
				return true
			}
			for _, a := range h.Args {
				if a.Var == o {
					return true
				}
			}
		}
	}
	return false
}

// dropUnneeded drops statements that compute for decisions which are not in the tail, and reports whether there are any.
func (r *reader) dropUnneeded(tail string) bool {
	dropped := false
	for s := range r.conditional {
		needed := false
		own := r.Source(s.stmt)
		for o := range r.assigned(s.stmt) {
			needed = needed || mentionsName(strings.Replace(tail, own, "", 1), o)
		}
		if !needed && !s.gone {
			s.gone, dropped = true, true
		}
	}
	return dropped
}

// short has the results of the call returned as they are, where the tail and what stands behind the loop do nothing else.
func (r *reader) short() {
	signature, _ := syntax.FuncParts(r.loop.Function)
	if signature.Results == nil {
		return
	}
	var values []string
	for _, y := range r.site.Work.Yields {
		values = append(values, y.Name())
	}
	values = append(values, r.err.Name())
	returns := "return " + strings.Join(values, ", ")
	if r.within(r.err) && strings.Join(strings.Fields(r.site.Tail), " ") == returns && signature.Results.NumFields() == len(values) {
		r.site.Tail, r.site.Return = "", true
		return
	}
	if signature.Results.NumFields() == 1 && len(values) == 1 {
		r.shortError(returns)
	}
}

// shortError is short for a function that returns nothing but an error.
func (r *reader) shortError(returns string) {
	text := strings.Join(strings.Fields(r.site.Tail), " ")
	behind := r.list[r.at+1:]
	stmts := r.site.Stmts
	if len(behind) == 1 && !r.neverEnds() {
		if ret, ok := behind[0].(*ast.ReturnStmt); ok {
			text, stmts = strings.TrimSpace(text+" "+r.returnText(ret)), r.list[r.at+1-len(stmts):r.at+2]
		}
	}
	if !r.onlyReturns(text, returns) {
		return
	}
	decl := r.declaration(stmts)
	if !r.within(r.err) && decl == nil {
		return
	}
	r.site.Stmts, r.site.Tail, r.site.Return = stmts, "", true
	if decl != nil && decl != zeroStmt {
		r.site.Removes = append(r.site.Removes, decl)
	}
}

// onlyReturns reports whether code returns the error and nothing else, perhaps by several decisions.
func (r *reader) onlyReturns(text, returns string) bool {
	succeeds, fails := `if `+regexp.QuoteMeta(r.err.Name())+` == nil { return nil } `, `if [^{}]* { `+returns+` } `
	return regexp.MustCompile(`^(?:` + succeeds + `)?(?:` + fails + `)*` + returns + `$`).MatchString(text)
}

// returnText writes a return statement; one without values returns the error if that is a named result.
func (r *reader) returnText(ret *ast.ReturnStmt) string {
	if len(ret.Results) == 0 {
		return "return " + r.err.Name()
	}
	return strings.Join(strings.Fields(r.Source(ret)), " ")
}

// zeroStmt stands for the declaration of a named result.
var zeroStmt ast.Stmt = &ast.EmptyStmt{}

// declaration returns the statement that declares the variable of the error, if nothing but some statements uses it. It is
// zeroStmt for a named result.
func (r *reader) declaration(stmts []ast.Stmt) ast.Stmt {
	if r.within(r.err) {
		return nil
	}
	signature, body := syntax.FuncParts(r.loop.Function)
	if signature.Pos() <= r.err.Pos() && r.err.Pos() < signature.End() {
		for _, field := range signature.Results.List {
			for _, id := range field.Names {
				if r.Info.Defs[id] == r.err {
					return zeroStmt
				}
			}
		}
		return nil
	}
	var decl ast.Stmt
	for _, stmt := range r.list[:r.at] {
		if stmt.Pos() <= r.err.Pos() && r.err.Pos() < stmt.End() && len(r.assigned(stmt)) == 1 && !syntax.HasCall(valueOf(stmt)) {
			decl = stmt
		}
	}
	only := decl != nil
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && r.Info.ObjectOf(id) == r.err && only {
			only = decl.Pos() <= id.Pos() && id.Pos() < decl.End() || stmts[0].Pos() <= id.Pos() && id.Pos() < stmts[len(stmts)-1].End()
		}
		return true
	})
	if !only {
		return nil
	}
	return decl
}

// valueOf returns the value that a statement declares a variable with.
func valueOf(stmt ast.Stmt) ast.Expr {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		return s.Rhs[0]
	case *ast.DeclStmt:
		if spec, ok := s.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			return spec.Values[0]
		}
	}
	return zero
}

// inline makes the call a part of the one if of the tail, where an attempt was a part of an if before, or where the code
// behind the loop declares variables of the same names.
func (r *reader) inline() error {
	if r.site.Return || !r.within(r.err) || r.early {
		return nil
	}
	names := map[string]bool{r.err.Name(): true}
	for _, y := range r.site.Work.Yields {
		names[y.Name()] = true
	}
	clash := false
	for _, stmt := range r.list[r.at+1:] {
		if a, ok := stmt.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, left := range a.Lhs {
				id, ok := left.(*ast.Ident)
				clash = clash || ok && names[id.Name]
			}
		}
	}
	scope := r.Types.Scope().Innermost(r.list[r.at].Pos() - 1)
	fresh := false
	for name := range names {
		o := scope.Lookup(name)
		fresh = fresh || o == nil
		clash = clash || o != nil && (r.usedBehind(o) || !r.declaredBefore(o))
	}
	clash = clash || !fresh
	if !clash && !r.inHead {
		return nil
	}
	if r.isOneIf(r.site.Tail) {
		r.site.Inline = true
		return nil
	}
	if clash {
		return r.fail(r.loop.Stmt, "the code around the loop has variables of the same names")
	}
	return nil
}

// declaredBefore reports whether a statement before the loop declares a variable: it is no parameter and no named result.
func (r *reader) declaredBefore(o types.Object) bool {
	return r.list[0].Pos() <= o.Pos() && o.Pos() < r.list[r.at].Pos()
}

// isOneIf reports whether source text is one if statement without an init statement.
func (r *reader) isOneIf(text string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+text+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	body := file.Decls[0].(*ast.FuncDecl).Body.List
	if len(body) != 1 {
		return false
	}
	branch, ok := body[0].(*ast.IfStmt)
	return ok && branch.Init == nil
}
