package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// write fills in the site.
func (r *reader) write() error {
	tail, to, err := r.tailText()
	if err != nil {
		return err
	}
	w := &r.site.Work
	w.Block, w.Err = r.attempt, r.identOf(r.err)
	if n := len(w.Block); r.inHead && n > 1 && w.Block[n-1].Pos() == r.headOfIf.End {
		w.Patches = append(w.Patches, r.headOfIf)
	}
	if err := r.checkAttempt(); err != nil {
		return err
	}
	if err := r.checkCut(tail); err != nil {
		return err
	}
	for _, o := range r.yields {
		if r.whole != nil || mentionsName(tail, o) || r.hooked(o) || r.early && r.usedBehind(o) {
			w.Yields = append(w.Yields, o.(*types.Var))
		}
	}
	if r.whole == nil {
		if err := r.leavesEarly(); err != nil {
			return err
		}
	}
	slices.SortStableFunc(r.site.Policy, func(a, b site.Option) int {
		return slices.Index(optionOrder, a.Name) - slices.Index(optionOrder, b.Name)
	})
	if r.cut != nil && !r.cutAgain(tail) {
		tail = r.cutText() + tail
	}
	r.sayAsked()
	if r.site.Head != "" && r.duration != nil {
		r.site.Differ("the time is counted from the first attempt on; before, the wait in front of it was counted as well")
	}
	r.site.Tail = strings.TrimSuffix(tail, "\n")
	if c := r.count.counter; c != nil && mentionsName(strings.ReplaceAll(tail, site.Retry, ""), c) {
		return r.fail(r.loop.Stmt, "the number of the attempt, %s, is used when the loop ends", c.Name())
	}
	r.short()
	r.shortWhole(to)
	if err := r.inline(); err != nil {
		return err
	}
	if err := r.removeUnused(); err != nil {
		return err
	}
	r.absorb()
	if to == away {
		r.dropBehind()
	}
	r.keepComments()
	return nil
}

// dropBehind drops what stands behind the loop and is never reached.
func (r *reader) dropBehind() {
	for i, stmt := range r.list {
		if stmt == r.site.Stmts[0] {
			r.site.Stmts = r.list[i:]
			return
		}
	}
}

// sayAsked says that errors of this package ask for a wait of their own.
func (r *reader) sayAsked() {
	scope := r.Types.Scope()
	for _, name := range scope.Names() {
		t, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() {
			continue
		}
		fn, _, _ := types.LookupFieldOrMethod(types.NewPointer(t.Type()), true, r.Types, "RetryAfter")
		method, ok := fn.(*types.Func)
		if !ok || !types.Implements(types.NewPointer(t.Type()), syntax.ErrorType.Underlying().(*types.Interface)) {
			continue
		}
		s := method.Signature()
		if s.Params().Len() == 0 && s.Results().Len() == 1 && syntax.IsNamed(s.Results().At(0).Type(), "time", "Duration") {
			r.site.Differ("an error of type " + name + " is waited for as long as its method RetryAfter says")
		}
	}
}

// checkCut refuses loops that look at results alone, where a context may end the retries: then there may be none.
func (r *reader) checkCut(tail string) error {
	if r.site.Context == nil && !r.givenContext() || mentionsName(tail, r.err) || !r.within(r.err) || r.usedBehind(r.err) {
		return nil
	}
	if len(r.yields) == 0 {
		return nil
	}
	return r.fail(r.loop.Stmt, "the code does not look at the error, so that it would not see when a context ends the retries")
}

// givenContext reports whether an attempt gets a context that may end.
func (r *reader) givenContext() bool {
	given := false
	for _, stmt := range r.attempt {
		inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			given = given || ok && r.object(id) != nil && syntax.IsContext(r.object(id).Type())
			return !given
		})
	}
	return given
}

// optionOrder is the order in which options are written.
var optionOrder = []string{"attempts", "retries", "delay", "jitter", "cap", "within", "reset", "on", "except", "if", "notify", "error"}

// checkAttempt refuses attempts that cannot be a function.
func (r *reader) checkAttempt() error {
	c := r.count.counter
	for _, stmt := range r.attempt {
		if c != nil && r.mentionsKept(stmt, c) {
			return r.fail(stmt, "an attempt uses its number %s", c.Name())
		}
		for _, o := range sorted(r.gone()) {
			if r.mentionsKept(stmt, o) {
				return r.fail(stmt, "an attempt uses %s, with which the loop waits", o.Name())
			}
		}
	}
	if r.whole != nil {
		return nil
	}
	return r.checkDeferred()
}

// nodes returns statements as nodes.
func nodes(list []ast.Stmt) []ast.Node {
	var out []ast.Node
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// neverEnds reports whether nothing behind the loop is ever reached.
func (r *reader) neverEnds() bool {
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	if !ok || f.Cond != nil {
		return false
	}
	cuts := r.lookBodies
	if r.wait != nil {
		cuts = append(slices.Clip(cuts), r.wait.cut)
	}
	for _, body := range cuts {
		if len(body) > 0 && isBranch(body[len(body)-1]) && syntax.Leaves(body, true) {
			return false
		}
	}
	for _, s := range r.finals(r.tree.steps) {
		if b, ok := s.stmt.(*ast.BranchStmt); ok && b.Tok == token.BREAK {
			return false
		}
	}
	return true
}

// finals returns the steps that end the round.
func (r *reader) finals(steps []*step) []*step {
	var found []*step
	for _, s := range steps {
		if s.ends != falls {
			found = append(found, s)
		}
		if s.cond != nil {
			found = append(found, r.finals(s.then.steps)...)
			if s.els != nil {
				found = append(found, r.finals(s.els.steps)...)
			}
		}
	}
	return found
}

// lastReturn writes the return statement for retries that are cut short, where the loop went on for as long as it failed.
func (r *reader) lastReturn() (string, error) {
	signature, _ := syntax.FuncParts(r.loop.Function)
	if signature.Results == nil {
		return "", nil
	}
	if ret := r.lastCut(); ret != nil && r.cut == nil && len(r.returned(ret)) > 0 {
		return r.asCut(ret), nil
	}
	var values []string
	for _, field := range signature.Results.List {
		zero, ok := zeroText(r.Info.TypeOf(field.Type))
		if !ok {
			return "", r.fail(r.loop.Stmt, "it never gives up, and nothing says what to return when the retries are cut short")
		}
		for range max(len(field.Names), 1) {
			values = append(values, zero)
		}
	}
	last := signature.Results.List[len(signature.Results.List)-1]
	if !syntax.IsError(r.Info.TypeOf(last.Type)) {
		return "", r.fail(r.loop.Stmt, "it never gives up, and nothing says what to return when the retries are cut short")
	}
	values[len(values)-1] = r.err.Name()
	return "return " + strings.Join(values, ", ") + "\n", nil
}

// asCut writes what the loop returned when its context had ended, with the error of the call.
func (r *reader) asCut(ret *ast.ReturnStmt) string {
	var values []string
	list := r.returned(ret)
	for _, e := range list[:len(list)-1] {
		values = append(values, r.Source(e))
	}
	return "return " + strings.Join(append(values, r.err.Name()), ", ") + "\n"
}

// lastCut returns the return statement of a wait that the context ends, nil if there is none.
func (r *reader) lastCut() *ast.ReturnStmt {
	if r.wait == nil || len(r.wait.cut) == 0 {
		return nil
	}
	ret, _ := r.wait.cut[len(r.wait.cut)-1].(*ast.ReturnStmt)
	return ret
}

// returned returns the values of a return statement. Those of one without are the named results.
func (r *reader) returned(ret *ast.ReturnStmt) []ast.Expr {
	signature, _ := syntax.FuncParts(r.loop.Function)
	if len(ret.Results) > 0 || signature.Results == nil {
		return ret.Results
	}
	var names []ast.Expr
	for _, field := range signature.Results.List {
		for _, id := range field.Names {
			names = append(names, id)
		}
	}
	return names
}

// zeroText writes the zero value of a type.
func zeroText(t types.Type) (string, bool) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false", true
		case u.Info()&types.IsNumeric != 0:
			return "0", true
		case u.Info()&types.IsString != 0:
			return `""`, true
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		if _, param := t.(*types.TypeParam); !param {
			return "nil", true
		}
	}
	return "", false
}
