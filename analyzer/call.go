package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
)

func checkCalls(r *reporter) {
	if r.sites == nil {
		return // nothing that the package sees has to do with retries
	}
	r.multiplied("RL301", ours, "retries inside retries")
	reported := r.outOfRun()
	r.wrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		if !reported[call] {
			r.freshContext(call, callee)
		}
		r.locked(decl, call, callee)
	})
	for decl := range r.functions {
		r.dropped(decl)
		if r.on("RL305") {
			r.direct(decl, reported)
		}
	}
	r.varying()
}

// multiplied reports retries around chains of a kind: annotated functions, loops, and what is handed to libraries.
func (r *reporter) multiplied(id string, kind func([]chain.Link) bool, what string) {
	for _, fn := range r.found.Funcs {
		inner := r.chains[fn.Object].Worst()
		if inner == nil || !kind(inner) {
			continue
		}
		links := r.before(r.linkOf(fn), inner)
		if len(links) == len(inner) {
			continue
		}
		pos := fn.Pos
		if retries := fn.Policy.Retries; retries.IsSet() && r.fileOf(token.Pos(retries.Pos)) != nil {
			pos = token.Pos(retries.Pos)
		}
		r.report(finding{id: id, pos: pos, end: pos + token.Pos(len(r.word(pos))), message: what + ": " + chain.Describe(links, r.Pkg.Path()),
			related: r.related(r.sites[fn.Object], inner)})
	}
	for decl := range r.functions {
		if fn, ok := r.TypesInfo.Defs[decl.Name].(*types.Func); ok {
			r.inside(id, kind, what, r.sites[fn])
		}
	}
}

// inside reports the loops and library calls among sites.
func (r *reporter) inside(id string, kind func([]chain.Link) bool, what string, sites []*site) {
	for _, s := range sites {
		if s.link == nil {
			continue
		}
		inner := r.reached(s.inner).Worst()
		if inner != nil && kind(inner) && !conflicts(s.link, inner) {
			if links := r.before(*s.link, inner); len(links) > len(inner) {
				r.report(finding{id: id, pos: s.node.Pos(), message: what + ": " + chain.Describe(links, r.Pkg.Path()), related: r.related(s.inner, inner)})
			}
		}
		r.inside(id, kind, what, s.inner)
	}
}

// conflicts reports whether a loop of Kubernetes' own stands around its own client: it retries what the client does not,
// an object that has changed in the meantime.
func conflicts(outer *chain.Link, inner []chain.Link) bool {
	return strings.HasPrefix(outer.Package, kubernetes) && strings.HasPrefix(inner[len(inner)-1].Package, kubernetes)
}

// freshContext is RL302.
func (r *reporter) freshContext(call *ast.CallExpr, callee *types.Func) {
	for _, arg := range call.Args {
		if !isFreshContext(r.TypesInfo, arg) {
			continue
		}
		if ctx := r.contextAt(call.Pos()); ctx != "" {
			r.report(finding{id: "RL302", pos: arg.Pos(), end: arg.End(),
				message: fmt.Sprintf("%s gets a context that nobody ends, though %s is at hand: its retries go on when the caller has left", callee.Name(), ctx),
				fix:     replacing("Use "+ctx, arg.Pos(), arg.End(), ctx)})
		}
	}
}

// dropped is RL303.
func (r *reporter) dropped(decl *ast.FuncDecl) {
	report := func(e ast.Expr, how string) {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return
		}
		callee, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
		if wrapped, ok := r.wrapped(callee); ok && wrapped.Error {
			r.reportf("RL303", call, "the error of %s is dropped%s: it says that every attempt has failed", callee.Name(), how)
		}
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			report(n.X, "")
		case *ast.GoStmt:
			report(n.Call, " by go")
		case *ast.DeferStmt:
			report(n.Call, " by defer")
		case *ast.AssignStmt:
			// A blank for everything says that it is meant; a result that is used without its error does not.
			if len(n.Rhs) == 1 && len(n.Lhs) > 1 && isBlank(n.Lhs[len(n.Lhs)-1]) && !allBlank(n.Lhs) {
				report(n.Rhs[0], ", and its result used all the same")
			}
		}
		return true
	})
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func allBlank(list []ast.Expr) bool {
	for _, e := range list {
		if !isBlank(e) {
			return false
		}
	}
	return true
}

// locked is RL304: what is held while a wrapper waits between attempts.
func (r *reporter) locked(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
	wrapped, ok := r.wrapped(callee)
	if !ok || wrapped.Attempts == 1 {
		return
	}
	for _, arg := range call.Args {
		if isNamed(r.TypesInfo.TypeOf(arg), "database/sql", "*Tx") {
			r.reportf("RL304", call, "%s is retried inside the transaction %s: after an error most databases refuse every statement of it; retry the whole transaction", callee.Name(), text(arg))
			return
		}
	}
	body := r.functionAround(decl, call)
	held := map[string]string{} // what is held, by the expression that holds it
	r.walkTo(body.List, call, func(stmt ast.Stmt) {
		if branch, ok := stmt.(*ast.IfStmt); ok && branch.Init != nil {
			stmt = branch.Init // if err := tx.Commit(); err != nil
		}
		switch stmt := stmt.(type) {
		case *ast.AssignStmt:
			r.opens(stmt, held)
		case *ast.ExprStmt:
			r.locks(stmt.X, held)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(held)) {
		r.reportf("RL304", call, "%s is called with %s %s: it is held while %s waits and tries again", callee.Name(), held[name], name, callee.Name())
	}
}

// functionAround gives the body of the innermost function, a literal perhaps, around a node.
func (r *reporter) functionAround(decl *ast.FuncDecl, at ast.Node) *ast.BlockStmt {
	body := decl.Body
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit.Pos() <= at.Pos() && at.End() <= lit.End() {
			body = lit.Body
		}
		return true
	})
	return body
}

// walkTo goes through the statements that have been run when a call is reached: those before it, and before the blocks
// that it stands in.
func (r *reporter) walkTo(list []ast.Stmt, call ast.Node, visit func(ast.Stmt)) {
	for _, stmt := range list {
		if stmt.Pos() <= call.Pos() && call.End() <= stmt.End() {
			ast.Inspect(stmt, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.IfStmt:
					if n.Init != nil && n.Init.End() <= call.Pos() {
						visit(n.Init)
					}
				case *ast.BlockStmt:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						r.walkTo(n.List, call, visit)
					}
					return false
				case *ast.CaseClause:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						r.walkTo(n.Body, call, visit)
					}
					return false
				case *ast.CommClause:
					if n.Pos() <= call.Pos() && call.End() <= n.End() {
						r.walkTo(n.Body, call, visit)
					}
					return false
				}
				return true
			})
			return
		}
		if stmt.End() <= call.Pos() {
			visit(stmt)
		}
	}
}

// locks notes mutexes that are locked and unlocked, and transactions that end.
func (r *reporter) locks(e ast.Expr, held map[string]string) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	name := text(sel.X)
	switch full := fullName(r.TypesInfo, call); {
	case full == "sync.Mutex.Lock" || full == "sync.RWMutex.Lock" || full == "sync.RWMutex.RLock":
		held[name] = "the lock"
	case strings.HasPrefix(full, "sync.") && strings.HasSuffix(full, "nlock"):
		delete(held, name)
	case full == "database/sql.Tx.Commit" || full == "database/sql.Tx.Rollback":
		delete(held, name)
	}
}

// opens notes transactions that begin and end in assignments.
func (r *reporter) opens(stmt *ast.AssignStmt, held map[string]string) {
	if len(stmt.Rhs) != 1 {
		return
	}
	call, ok := stmt.Rhs[0].(*ast.CallExpr)
	if !ok {
		return
	}
	switch fullName(r.TypesInfo, call) {
	case "database/sql.DB.Begin", "database/sql.DB.BeginTx", "database/sql.Conn.BeginTx":
		held[text(stmt.Lhs[0])] = "the open transaction"
	default:
		r.locks(call, held)
	}
}

// direct is RL305.
func (r *reporter) direct(decl *ast.FuncDecl, reported map[*ast.CallExpr]bool) {
	own, _ := r.TypesInfo.Defs[decl.Name].(*types.Func)
	r.calls(decl, func(call *ast.CallExpr, callee *types.Func) {
		if callee.Origin() == own || reported[call] {
			return
		}
		task := r.annotation(callee.Origin())
		if task.Wrapper == "" {
			return
		}
		r.report(finding{id: "RL305", pos: call.Pos(), end: call.End(), fix: r.callingWrapper(call, task),
			message: fmt.Sprintf("%s is called directly, without its retries; call %s", callee.Name(), task.Wrapper)})
	})
}

// callingWrapper is the fix that calls the wrapper instead, nil where that takes other arguments.
func (r *reporter) callingWrapper(call *ast.CallExpr, task Annotated) *analysis.SuggestedFix {
	id, _ := ast.Unparen(call.Fun).(*ast.Ident)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		id = sel.Sel
	}
	if id == nil || !task.Same {
		return nil
	}
	return replacing("Call "+task.Wrapper, id.Pos(), id.End(), task.Wrapper)
}

// annotation says what is known of the wrapper of a function: its name is "" where it has none.
func (r *reporter) annotation(fn *types.Func) Annotated {
	if annotated, ok := r.annotated[fn]; ok && annotated.Decl != nil {
		return annotatedOf(annotated)
	}
	var fact Annotated
	if fn.Pkg() != nil && fn.Pkg() != r.Pkg {
		r.pass.ImportObjectFact(fn, &fact)
	}
	return fact
}

func annotatedOf(fn *directive.Func) Annotated {
	return Annotated{Wrapper: fn.Wrapper, Same: fn.HasContext() && len(fn.Attempts) == 0, Checkpoint: fn.Checkpoint != nil}
}
