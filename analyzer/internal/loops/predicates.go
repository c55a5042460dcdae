package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// judging matches the names of predicates about errors that are worth a retry.
var judging = regexp.MustCompile(
	`(?i)retr[iy]|transient|temporar|recoverable|permanent|reset|refused|broken|unavailable|conn.*(closed|lost|err)|network|` +
		`clos(ed|ing).*conn|throttl|ratelimit`)

// judgesByName reports whether a function judges an error, perhaps with how long to wait, and says by its name what about it.
func judgesByName(name string, signature *types.Signature) bool {
	results := signature.Results()
	if !judging.MatchString(name) || results.Len() == 0 || results.Len() > 2 {
		return false
	}
	first, last := results.At(0).Type(), results.At(results.Len()-1).Type()
	return (syntax.IsBool(first) || syntax.IsBool(last)) && takesAnError(signature)
}

// decidesHere looks for decisions about retries in a function that is not known to be retried: predicates in variables and fields
// with a name that says so, branches that mark an error as permanent or as worth a retry, and those that begin a loop's next round.
func (d *deciding) decidesHere(decl *ast.FuncDecl) {
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i := range min(len(n.Lhs), len(n.Rhs)) {
				d.predicate(n.Lhs[i], n.Rhs[i])
			}
		case *ast.KeyValueExpr:
			d.predicate(n.Key, n.Value)
		case *ast.IfStmt:
			if d.marks(n.Body) {
				d.in(decl, n.Cond)
				d.asked(n.Cond)
			}
		case *ast.ForStmt:
			d.begunAnew(decl, n)
		}
		return true
	})
}

// predicate looks at a function literal that is assigned to a name which says what it judges.
func (d *deciding) predicate(target, value ast.Expr) {
	lit, ok := ast.Unparen(value).(*ast.FuncLit)
	if !ok {
		return
	}
	name := ""
	switch target := target.(type) {
	case *ast.Ident:
		name = target.Name
	case *ast.SelectorExpr:
		name = target.Sel.Name
	}
	if signature, ok := d.TypesInfo.TypeOf(lit).(*types.Signature); ok && judgesByName(name, signature) {
		d.literal(lit)
	}
}

// marking are the functions of libraries that mark an error as permanent or as worth a retry.
var marking = syntax.NameSet("Permanent", "RetryAfter", "Unrecoverable", "RetryableError")

// marks reports whether a branch by itself marks an error for a library.
func (d *deciding) marks(block *ast.BlockStmt) bool {
	found := false
	for _, stmt := range block.List {
		if _, isBranch := stmt.(*ast.IfStmt); isBranch {
			continue
		}
		syntax.InspectOwn(stmt, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			if fn := syntax.Callee(d.TypesInfo, call); fn != nil && fn.Pkg() != nil && marking[fn.Name()] {
				name, _ := library.Name(fn.Pkg().Path())
				found = found || name != ""
			}
		})
	}
	return found
}

// begunAnew looks at the branches of a loop without an end of its own that go on with the next round because of an error: they try
// again, whatever else the loop does.
func (d *deciding) begunAnew(decl *ast.FuncDecl, loop *ast.ForStmt) {
	if loop.Post != nil || loop.Cond != nil && !d.asksContext(loop.Cond) {
		return // the next round is that of another number or element
	}
	var look func(list []ast.Stmt)
	look = func(list []ast.Stmt) {
		for _, stmt := range list {
			branch, ok := stmt.(*ast.IfStmt)
			if !ok {
				continue
			}
			if goesOn(branch.Body) {
				d.in(decl, branch)
				d.asked(branch.Cond)
			}
			look(branch.Body.List)
		}
	}
	look(loop.Body.List)
}

// asksContext reports whether a condition asks a context whether it is done.
func (d *deciding) asksContext(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			ctx, _ := syntax.AskedContext(d.TypesInfo, call)
			found = found || ctx != nil
		}
		return !found
	})
	return found
}

// goesOn reports whether a block ends with the next round of the loop around it.
func goesOn(block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	stmt, ok := block.List[len(block.List)-1].(*ast.BranchStmt)
	return ok && stmt.Tok == token.CONTINUE && stmt.Label == nil
}
