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

// wholeEnds finds out what an attempt returns at each of its ends.
func (r *reader) wholeEnds() error {
	w := r.whole
	ends := &wholeExits{reader: r, found: map[ast.Stmt]site.Exit{}, needed: map[ast.Stmt]bool{}}
	for _, way := range w.again {
		if err := ends.again(way); err != nil {
			return err
		}
	}
	for _, way := range w.leave {
		if err := ends.leave(way); err != nil {
			return err
		}
	}
	if r.err == nil {
		return r.fail(r.loop.Stmt, "the attempt has no error")
	}
	r.words = map[types.Object]string{r.err: "err"}
	ends.write()
	return nil
}

// wholeExits collects the ends of an attempt.
type wholeExits struct {
	*reader
	found  map[ast.Stmt]site.Exit // nil stands for the end behind the last statement
	order  []ast.Stmt
	needed map[ast.Stmt]bool // statements to the next round that stay an end
}

func (x *wholeExits) add(exit site.Exit) error {
	old, known := x.found[exit.Stmt]
	if known && (old.Err != exit.Err || !slices.Equal(old.Yields, exit.Yields)) {
		return x.fail(x.loop.Stmt, "a round ends in one place with one error or another")
	}
	if !known {
		x.order = append(x.order, exit.Stmt)
	}
	x.found[exit.Stmt] = exit
	return nil
}

// again adds the end of a way to another attempt: the error that tells why.
func (x *wholeExits) again(way path) error {
	w := x.whole
	for _, s := range w.limit {
		if i := slices.IndexFunc(way.terms, func(t term) bool { return t.cond == s.cond }); i >= 0 {
			return x.atLimit(way, s)
		}
	}
	if len(w.limit) > 0 {
		return x.fail(x.loop.Stmt, "not all failures end the loop when no retry is left")
	}
	if w.kept == nil {
		return x.ownError(way)
	}
	for i := len(way.steps) - 1; i >= 0; i-- {
		stmt := way.steps[i].stmt
		if !x.assigned(stmt)[w.kept] {
			continue
		}
		a, ok := stmt.(*ast.AssignStmt)
		single := ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 && a.Tok == token.ASSIGN && x.object(a.Lhs[0]) == w.kept
		switch {
		case single && x.isFailure(a.Rhs[0], way) && x.isLast(a):
			return x.add(site.Exit{Stmt: a, Yields: w.values, Err: x.Source(a.Rhs[0]), Reads: a.Rhs})
		case single && x.isFailure(a.Rhs[0], way), x.notNilBehind(w.kept, stmt.End(), way):
			x.needed[way.final] = true
			return x.add(site.Exit{Stmt: way.final, Yields: w.values, Err: w.kept.Name()})
		}
		return x.fail(stmt, "nothing says that %s is an error", w.kept.Name())
	}
	return x.fail(x.loop.Stmt, "a failure keeps no error")
}

// atLimit has an attempt end where the loop is left when no retry is left, with the error that is returned there.
func (x *wholeExits) atLimit(way path, s *step) error {
	w := x.whole
	ret, ok := s.then.steps[0].stmt.(*ast.ReturnStmt)
	if _, branch := s.stmt.(*ast.IfStmt); !ok || !branch || len(ret.Results) != len(w.values)+1 {
		return x.fail(s.stmt, "what is returned when no retry is left is not to be seen")
	}
	for i, e := range ret.Results[:len(w.values)] {
		if x.Source(e) != w.values[i] {
			return x.fail(ret, "other values are returned when no retry is left")
		}
	}
	e := ret.Results[len(w.values)]
	if !x.isFailure(e, way) || x.mentions(e, x.count.counter) {
		return x.fail(ret, "nothing says that %s is an error", x.Source(e))
	}
	for _, other := range way.steps {
		if other.stmt.Pos() > s.stmt.Pos() {
			return x.fail(other.stmt, "it is not done when no retry is left")
		}
	}
	if o := x.object(e); x.err == nil && o != nil {
		x.err = o
	}
	return x.add(site.Exit{Stmt: s.stmt, Yields: w.values, Err: x.Source(e), Reads: []ast.Expr{e}})
}

// ownError adds the end of a way where no variable around the loop keeps the error.
func (x *wholeExits) ownError(way path) error {
	for i := len(way.terms) - 1; i >= 0; i-- {
		o := x.object(orBlank(x.notNilTest(way.terms[i])))
		if o == nil || !x.notNilBehind(o, way.terms[i].cond.Pos(), way) {
			continue
		}
		if x.err == nil {
			x.err = o
		}
		x.needed[way.final] = true
		return x.add(site.Exit{Stmt: way.final, Yields: x.whole.values, Err: o.Name()})
	}
	return x.fail(x.loop.Stmt, "a failure has no error")
}

// isLast reports whether each way through an assignment does nothing else in the attempt, and leads to another one.
func (x *wholeExits) isLast(a *ast.AssignStmt) bool {
	through := func(way path) int { return slices.IndexFunc(way.steps, func(s *step) bool { return s.stmt == a }) }
	for _, way := range x.whole.again {
		if i := through(way); i >= 0 && i < len(way.steps)-1 {
			return false
		}
	}
	return !slices.ContainsFunc(x.whole.leave, func(way path) bool { return through(way) >= 0 })
}

// isFailure reports whether an error is not nil at the end of a way.
func (r *reader) isFailure(e ast.Expr, way path) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr, *ast.CompositeLit:
		return r.fails(e, r.loop.Stmt) || !types.IsInterface(r.Info.TypeOf(e))
	case *ast.CallExpr:
		switch syntax.FullName(r.Info, x) {
		case "github.com/pkg/errors.Wrap", "github.com/pkg/errors.Wrapf", "github.com/pkg/errors.WithMessage", "github.com/pkg/errors.WithStack":
			return r.isFailure(x.Args[0], way)
		case "github.com/pkg/errors.New", "github.com/pkg/errors.Errorf", "golang.org/x/xerrors.Errorf", "golang.org/x/xerrors.New":
			return true
		}
		return r.fails(x, r.loop.Stmt) || !types.IsInterface(r.Info.TypeOf(x))
	case *ast.SelectorExpr:
		return r.isSentinel(x.Sel)
	case *ast.Ident:
		if o := r.object(x); o != nil && o.Parent() != r.Types.Scope() {
			return r.notNilBehind(o, token.NoPos, way)
		}
		return r.isSentinel(x)
	}
	return false
}

// isSentinel reports whether a name is that of a package's error: ErrClosed, io.EOF.
func (r *reader) isSentinel(id *ast.Ident) bool {
	v, ok := r.Info.Uses[id].(*types.Var)
	if !ok || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return false
	}
	return strings.HasPrefix(strings.ToLower(v.Name()), "err") || v.Pkg().Path() == "io"
}

// notNilBehind reports whether a way finds an error not nil behind a position, and does not change it then.
func (r *reader) notNilBehind(err types.Object, pos token.Pos, way path) bool {
	return r.foundBehind(err, pos, way, true)
}

func (r *reader) foundBehind(err types.Object, pos token.Pos, way path, failed bool) bool {
	for _, t := range way.terms {
		if t.cond.Pos() < pos {
			continue
		}
		e := r.notNilTest(term{t.cond, t.holds == failed})
		changed := slices.ContainsFunc(way.steps, func(s *step) bool { return s.stmt.Pos() > t.cond.Pos() && r.assigned(s.stmt)[err] })
		if e != nil && r.object(e) == err && !changed {
			return true
		}
	}
	return false
}

// leave adds the end of a way out of the loop.
func (x *wholeExits) leave(way path) error {
	w := x.whole
	ret, returns := way.final.(*ast.ReturnStmt)
	if x.breaksWell(way) {
		return x.add(site.Exit{Stmt: way.final, Err: "nil"})
	}
	if !returns || w.covers == nil {
		return x.fail(way.final, "the loop is left in one way or another")
	}
	list := x.returned(ret)
	if len(list) != len(w.covers)+1 {
		return x.fail(ret, "what is returned is not to be seen")
	}
	exit := site.Exit{Stmt: ret}
	for i, e := range list[:len(w.covers)] {
		if w.covers[i] == nil {
			exit.Yields = append(exit.Yields, x.Source(e))
		}
	}
	e := list[len(list)-1]
	o := x.object(e)
	if x.Info.Types[e].IsNil() || o != nil && x.foundBehind(o, token.NoPos, way, false) {
		exit.Err = "nil"
		return x.add(exit)
	}
	if !x.endsAlike(exit.Yields) {
		return x.fail(ret, "an attempt leaves the loop by itself, and not as with another error")
	}
	exit.Err = site.Retry + ".Permanent(" + x.Source(e) + ")"
	if !slices.Contains(x.site.Differences, differsMark) {
		x.site.Differ(differsMark)
	}
	return x.add(exit)
}

// breaksWell reports whether a way leaves the loop by a break, where no failure has been found.
func (r *reader) breaksWell(way path) bool {
	b, ok := way.final.(*ast.BranchStmt)
	w := r.whole
	return ok && b.Tok == token.BREAK && w.covers == nil && (w.kept == nil || r.foundBehind(w.kept, token.NoPos, way, false))
}

// endsAlike reports whether the function returns any error of an attempt as it is, with some values beside it.
func (r *reader) endsAlike(values []string) bool {
	w := r.whole
	if !slices.Equal(values, w.values) {
		return false
	}
	if len(w.limit) > 0 || r.neverEndsWhole() {
		return true
	}
	ret := r.returnBehind(len(w.values) + 1)
	return ret != nil && w.kept != nil && r.object(r.returned(ret)[len(w.values)]) == w.kept
}

// write makes the ends those of the work, and takes the waits out of it.
func (x *wholeExits) write() {
	w, work := x.whole, &x.site.Work
	for _, stmt := range x.order {
		exit := x.found[stmt]
		if stmt == nil {
			work.Last = &exit
			continue
		}
		work.Exits = append(work.Exits, exit)
	}
	work.Closed = work.Last == nil
	end := w.block[len(w.block)-1].End()
	remove := func(stmt ast.Stmt) {
		p := site.Patch{Pos: stmt.Pos(), End: stmt.End()}
		if stmt.End() <= end && !slices.Contains(work.Patches, p) {
			work.Patches = append(work.Patches, p)
		}
	}
	for _, rest := range w.copies {
		for _, s := range rest {
			remove(s.stmt)
		}
	}
	for _, way := range w.again {
		if way.final != nil && !x.needed[way.final] {
			remove(way.final)
		}
	}
}
