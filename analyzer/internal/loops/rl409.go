package loops

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL409", rl409)

// rl409 finds decisions by the text of an error: in loops, in what libraries and helpers retry, in the functions of this package
// that these ask or that say by their names that they judge errors, where an error is marked as permanent or as worth a retry, and in
// the conditions of directives.
func rl409(p *check.Pass) {
	d := &deciding{Pass: p, tests: map[ast.Node][]ast.Expr{}, seen: map[ast.Node]bool{}, looked: map[ast.Node]bool{}}
	for _, l := range retryLoops.Of(p) {
		for _, cond := range l.Conditions() {
			d.in(l.Function, cond)
			d.asked(cond)
		}
	}
	for decl := range p.Functions {
		if fn := p.Func(decl); fn != nil && judgesByName(fn.Name(), fn.Signature()) {
			d.in(decl, decl.Body)
			d.deeper(fn, decl)
		}
		d.decidesHere(decl)
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		d.retried(cursor)
	}
	for _, fn := range p.All() {
		if fn.If == nil {
			continue
		}
		if object, ok := fn.If.Object.(*types.Func); ok && p.Bodies[object] != nil {
			d.in(p.Bodies[object], p.Bodies[object].Body)
		}
	}
}

// deciding is a search for decisions.
type deciding struct {
	*check.Pass
	tests  map[ast.Node][]ast.Expr // the tests of a function that decide something, by position
	seen   map[ast.Node]bool       // tests that have been reported
	looked map[ast.Node]bool       // functions that have been looked at
}

// in reports the tests in a piece of code of a function.
func (d *deciding) in(function, root ast.Node) {
	tests, known := d.tests[function]
	if !known {
		tests = d.testsOf(function)
		d.tests[function] = tests
	}
	for _, test := range tests[from(tests, root.Pos()):] {
		if test.Pos() >= root.End() {
			break
		}
		if !d.seen[test] {
			d.seen[test] = true
			d.Reportf(test, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
		}
	}
}

// from returns the index of the first expression that does not begin before a position.
func from(list []ast.Expr, pos token.Pos) int {
	at, _ := slices.BinarySearchFunc(list, pos, func(e ast.Expr, pos token.Pos) int { return cmp.Compare(e.Pos(), pos) })
	return at
}

// testsOf returns the tests of a function, without those after which it does the same whether they hold or not, but for what it
// logs, and without those that only the text can tell.
func (d *deciding) testsOf(function ast.Node) []ast.Expr {
	if d.Generated[d.FileOf(function.Pos())] {
		return nil
	}
	tests := loop.TextTests(d.TypesInfo, function, function)
	slices.SortFunc(tests, func(a, b ast.Expr) int { return cmp.Compare(a.Pos(), b.Pos()) })
	idle := map[ast.Expr]bool{}
	ast.Inspect(function, func(n ast.Node) bool {
		if branch, ok := n.(*ast.IfStmt); ok && branch.Else == nil && !d.decides(branch.Body) {
			for _, test := range tests[from(tests, branch.Cond.Pos()):from(tests, branch.Cond.End())] {
				idle[test] = true
			}
		}
		return true
	})
	return slices.DeleteFunc(tests, func(test ast.Expr) bool { return idle[test] || !d.isTyped(test) })
}

var reporting = regexp.MustCompile(`(?i)log|print|debug|info|warn|error|trace|fatal|metric|record|add$|inc$|observe|event`)

// retried looks at the functions that a call of a library, or of another function that retries, retries or asks.
func (d *deciding) retried(cursor inspector.Cursor) {
	call := cursor.Node().(*ast.CallExpr)
	fn := d.Callee(call)
	if fn == nil {
		return
	}
	name, _ := library.Entry(fn)
	if fn.Pkg() != nil && name == "" {
		name, _ = library.Name(fn.Pkg().Path())
		if name != "" && fn.Name() != "RetryIf" && fn.Name() != "WithRetryIf" {
			return
		}
	}
	for i, arg := range call.Args {
		t := d.TypesInfo.TypeOf(arg)
		if tellsOutcome(t) && (name != "" || d.Retries(fn, i) || takesAnError(t) && aboutRetries(fn)) {
			d.passed(arg)
		}
	}
}

// passed looks at a function that is retried or asked: a literal, one that a variable holds, or one of this package.
func (d *deciding) passed(arg ast.Expr) {
	if lit := literalOf(d.Pass, arg); lit != nil {
		d.literal(lit)
		return
	}
	switch arg := ast.Unparen(arg).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		d.named(arg)
	}
}

// retryWord matches a word about retries in the name of a function that is told what to retry: NewRetryableClient, RetryIf.
var retryWord = regexp.MustCompile(`(?i)retry|retries|backoff|attempts|^poll|tryuntil`)

// aboutRetries reports whether a function, or its type or package, says by its name that it has to do with retries: a builder that
// is told what to retry.
func aboutRetries(fn *types.Func) bool {
	return retryWord.MatchString(syntax.Qualified(fn)) || fn.Pkg() != nil && retryWord.MatchString(fn.Pkg().Name())
}

// takesAnError reports whether a type is that of functions with an error among their parameters.
func takesAnError(t types.Type) bool {
	signature, ok := t.Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for v := range signature.Params().Variables() {
		if syntax.IsError(v.Type()) {
			return true
		}
	}
	return false
}

// tellsOutcome reports whether a type is that of functions that tell how an attempt ended, or whether to make another: the last
// result is an error or a bool.
func tellsOutcome(t types.Type) bool {
	if t == nil {
		return false
	}
	signature, ok := t.Underlying().(*types.Signature)
	if !ok || signature.Results().Len() == 0 {
		return false
	}
	last := signature.Results().At(signature.Results().Len() - 1).Type()
	return syntax.IsError(last) || syntax.IsBool(last)
}

func (d *deciding) literal(lit *ast.FuncLit) {
	if d.looked[lit] {
		return
	}
	d.looked[lit] = true
	d.in(lit, lit.Body)
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IfStmt:
			d.asked(n.Cond)
		case *ast.CaseClause:
			for _, e := range n.List {
				d.asked(e)
			}
		case *ast.ReturnStmt:
			d.asked(n)
		}
	})
}

// named looks at a function of this package that is passed by its name.
func (d *deciding) named(e ast.Expr) {
	id, ok := e.(*ast.Ident)
	if sel, isSelector := e.(*ast.SelectorExpr); isSelector {
		id, ok = sel.Sel, true
	}
	if !ok {
		return
	}
	fn, ok := d.TypesInfo.Uses[id].(*types.Func)
	if !ok {
		return
	}
	if decl := declared(d.Pass, fn); decl != nil {
		d.in(decl, decl.Body)
	}
}

// asked looks at the functions of this package in a condition that judge an error, and at those that they ask.
func (d *deciding) asked(cond ast.Node) {
	ast.Inspect(cond, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := syntax.Callee(d.TypesInfo, call)
		if fn == nil {
			return true
		}
		for _, arg := range call.Args {
			if t := d.TypesInfo.TypeOf(arg); t != nil && syntax.IsError(t) {
				if decl := declared(d.Pass, fn); decl != nil && !d.looked[decl] {
					d.looked[decl] = true
					d.in(decl, decl.Body)
					d.deeper(fn, decl)
				}
			}
		}
		return true
	})
}

// deeper looks at the predicates that a predicate about errors asks.
func (d *deciding) deeper(fn *types.Func, decl *ast.FuncDecl) {
	results := fn.Origin().Signature().Results()
	if results.Len() == 0 {
		return
	}
	if syntax.IsBool(results.At(results.Len() - 1).Type()) {
		d.asked(decl.Body)
	}
}

// declared returns the declaration of a function, nil if this package has none with a body.
func declared(p *check.Pass, fn *types.Func) *ast.FuncDecl {
	if fn == nil {
		return nil
	}
	return loopBodies.Of(p)[fn.Origin()]
}

// loopBodies holds the functions of a package, also where nothing in it has a directive.
var loopBodies = check.Share(func(p *check.Pass) map[*types.Func]*ast.FuncDecl {
	bodies := map[*types.Func]*ast.FuncDecl{}
	for decl := range p.Functions {
		bodies[p.Func(decl)] = decl
	}
	return bodies
})
