package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

// whole is a round that is one attempt, with several ways to fail.
type whole struct {
	block  []ast.Stmt // what an attempt does
	again  []path     // its ways to another attempt
	leave  []path     // and those out of the loop
	limit  []*step    // branches that leave the loop because no retry is left
	rest   []*step    // what stands between two attempts: the wait, and what belongs to it
	copies [][]*step  // the same at the end of each of again; nil if it stands behind the block

	kept   types.Object   // the variable that keeps the error for what stands behind the loop; nil for none
	covers []types.Object // for each result of the function, the variable around the loop that is returned as it; nil for none
	values []string       // what is returned with an error, as source text
}

// recognizeWhole reads a loop whose rounds fail in several places, each with an error of its own:
//
//	for i := 0; i < 3; i++ {
//		resp, err := client.Get(url)
//		if err != nil {
//			last = err
//			time.Sleep(time.Second)
//			continue
//		}
//		if resp.StatusCode >= 500 {
//			resp.Body.Close()
//			last = fmt.Errorf("status %s", resp.Status)
//			time.Sleep(time.Second)
//			continue
//		}
//		return resp, nil
//	}
//	return nil, last
//
// All that a round does is the attempt then. A way to another attempt returns the error that it keeps, a way out of the loop what it
// has returned, marked as permanent if that is an error.
func recognizeWhole(p *site.Package, l *loop.Loop) (*site.Site, error) {
	r := newReader(p, l)
	r.whole = &whole{}
	for _, read := range []func() error{
		r.place, r.readHead, r.readWhole, r.readWait, r.checkLimit, r.readCount, r.readDelay, r.readContext, r.readEffects, r.write,
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return r.site, nil
}

// readWhole finds out what an attempt does, how it ends, and what stands between two attempts.
func (r *reader) readWhole() error {
	if r.early || r.flat.head != nil {
		return r.fail(r.loop.Stmt, "a round is more than an attempt")
	}
	if r.headTerm != nil {
		return r.fail(r.headTerm.cond, "with %s, nothing may limit the attempts, and a round fails in several places", r.Source(r.headTerm.cond))
	}
	from := 0
	for ; from < len(r.body); from++ {
		stmt := r.body[from]
		if stmt != r.count.steps && !r.isLook(stmt) && r.waitIn(stmt) == nil {
			break
		}
		if err := r.readLead(stmt); err != nil {
			return err
		}
	}
	if from == len(r.body) {
		return r.fail(r.loop.Stmt, "a round does nothing")
	}
	r.whole.block = r.body[from:]
	for _, read := range []func() error{r.wholeRest, r.keepsWaits, r.wholeKept, r.wholeResults, r.wholeEnds, r.wholeTree} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// wholeWays finds the ways through the block.
func (r *reader) wholeWays() error {
	w := r.whole
	tree, err := r.readList(w.block)
	if err != nil {
		return err
	}
	w.limit = nil
	tree.walk(func(s *step) {
		if s.cond != nil && s.els == nil && r.isTest(s.cond) && s.then.end == leaves && len(s.then.steps) == 1 {
			w.limit = append(w.limit, s)
		}
	})
	for _, s := range w.limit {
		if r.Source(s.cond) != r.Source(w.limit[0].cond) {
			return r.fail(s.cond, "some failures are retried more often than others")
		}
	}
	ways, err := r.paths(tree)
	if err != nil {
		return err
	}
	w.again, w.leave = nil, nil
	for _, way := range ways {
		switch {
		case way.end == again && !r.impossible(way):
			w.again = append(w.again, way)
		case way.end == leaves && !slices.ContainsFunc(w.limit, func(s *step) bool { return s.then.steps[0].stmt == way.final }):
			w.leave = append(w.leave, way)
		}
	}
	if len(w.again) == 0 || len(w.leave) == 0 {
		return r.fail(r.loop.Stmt, "it does not tell failures from successes")
	}
	return nil
}

// wholeTree makes the decisions behind an attempt: none follows one without an error, or one after which no retry is left.
func (r *reader) wholeTree() error {
	w := r.whole
	end := w.block[len(w.block)-1].End()
	noError, success := r.noError(), r.wholeSuccess()
	if noError == nil {
		return r.fail(r.loop.Stmt, "the function knows no nil")
	}
	done := &ast.IfStmt{If: end, Cond: noError, Body: &ast.BlockStmt{Lbrace: end, Rbrace: end}}
	r.written[done] = "if " + r.Source(noError) + " {\n" + r.Source(success) + "\n}"
	steps := []*step{{stmt: done, cond: noError, then: &list{end: leaves, steps: []*step{{stmt: success, ends: leaves}}}}}
	if len(w.limit) > 0 {
		cond, failed := w.limit[0].cond, &ast.ReturnStmt{Return: end}
		r.written[failed] = returning(w.values, r.err.Name())
		last := &ast.IfStmt{If: end, Cond: cond, Body: &ast.BlockStmt{Lbrace: end, Rbrace: end}}
		r.written[last] = "if " + r.Source(cond) + " {\n" + r.Source(failed) + "\n}"
		steps = append(steps, &step{stmt: last, cond: cond, then: &list{end: leaves, steps: []*step{{stmt: failed, ends: leaves}}}})
	}
	r.tree = &list{steps: append(steps, w.rest...)}
	r.attempt, r.split = w.block, len(r.body)
	return nil
}

// noError writes that an attempt has no error. It is nil if nothing in the function is.
func (r *reader) noError() ast.Expr {
	r.attempt = r.whole.block
	var null ast.Expr
	ast.Inspect(r.loop.Function, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && r.Info.Types[id].IsNil() {
			null = id
		}
		return null == nil
	})
	err := r.identOf(r.err)
	if null == nil || err == nil {
		return nil
	}
	return r.compose(err, token.EQL, null)
}

// copied reports whether code is a part of the wait at the end of a way to another attempt.
func (w *whole) copied(n ast.Node) bool {
	return slices.ContainsFunc(w.copies, func(rest []*step) bool {
		return slices.ContainsFunc(rest, func(s *step) bool { return s.stmt.Pos() <= n.Pos() && n.End() <= s.stmt.End() })
	})
}

// mentionsKept reports whether what stays of a statement of the attempt mentions a variable.
func (r *reader) mentionsKept(stmt ast.Stmt, o types.Object) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		if n == nil || found || r.site.Work.Drops(n) {
			return false
		}
		id, ok := n.(*ast.Ident)
		found = ok && r.Info.ObjectOf(id) == o
		return !found
	})
	return found
}
