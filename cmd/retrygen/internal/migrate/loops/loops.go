// Package loops recognizes loops that retry by hand. It asks package loop which loops retry, and reads these by their
// syntax: every statement has to be understood. For
//
//	for i := 0; i < c.conf.Tries; i++ {
//		v, err = c.get(ctx, key)
//		if err == nil {
//			return v, nil
//		}
//		if errors.Is(err, errNoSuchKey) {
//			return nil, err
//		}
//		time.Sleep(c.conf.Wait)
//	}
//	return nil, fmt.Errorf("no answer: %w", err)
//
// the site has the policy attempts=.conf.Tries delay=.conf.Wait except=errNoSuchKey, the work v, err = c.get(ctx, key), and as
// its tail the two decisions, which are true of the last attempt as well. What stands behind the loop stays as it is.
//
// A loop that has something that no option says is refused, with the line that says so. Loops that serve, watch, or repeat something
// whatever it returns are no sites.
package loops

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

// Recognize finds the retry loops of a package.
func Recognize(p *site.Package) []*site.Site {
	var list []*site.Site
	for _, l := range model(p).Loops {
		if l.GoesOn || !l.MayWait() && !(l.Bound.Known() && l.JudgesErrors()) {
			continue // it serves, watches, or searches
		}
		if s := recognize(p, l); s != nil {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *site.Site) int { return int(a.Pos - b.Pos) })
	return list
}

// model returns the retry loops of a package. Nothing is known of the functions of other packages.
func model(p *site.Package) *loop.Model {
	return loop.New(&analysis.Pass{
		Fset: p.Fset, Files: p.Files, Pkg: p.Types, TypesInfo: p.Info,
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact: func(types.Object, analysis.Fact) {},
	})
}

// reader reads one loop.
type reader struct {
	*site.Package
	loop *loop.Loop
	site *site.Site

	list     []ast.Stmt // the statements among which the loop stands
	at       int        // its index there
	label    string
	body     []ast.Stmt // one round
	flat     flat       // the select that body was in
	switches int        // around what is read

	count     count
	tests     []token.Pos // of the count, in the body
	headTerm  *term       // of the count, in the head, where nothing may limit the attempts; nil for none
	split     int         // the index in body of the first statement that decides
	attempt   []ast.Stmt
	lead      int        // how many of its statements stand before the decisions
	whole     *whole     // nil unless the round is the attempt
	early     bool       // it stands before the loop as well
	inHead    bool       // the attempt, or the last part of it, is the init statement of an if
	headOfIf  site.Patch // what stands before it there
	looks     []ast.Stmt // at the context, before an attempt
	first     *list      // what all rounds but the first begin with
	headKnown bool       // how long the first of them would wait is written in front of the call
	tree      *list      // the decisions
	way       path       // to another attempt
	results   bool       // it may follow an attempt without an error
	anyOf     [][]term   // of which one has to hold for it as well; nil for none
	wait      *wait      // nil if there is none
	guards    []term     // that say that there is a wait: a delay is positive
	duration  *elapsed   // nil if no test of the time limits the retries
	taken     []*step    // that a schedule has been read from

	written     map[ast.Node]string            // what stands nowhere, as text
	err         types.Object                   // the error of an attempt
	words       map[types.Object]string        // what directives call the results
	yields      []types.Object                 // results that an attempt declares itself
	keeps       map[types.Object]bool          // variables that the policy names
	replayed    []types.Object                 // variables that a function of the delay computes anew
	once        *atOnce                        // a way to another attempt without a wait, beside that with one; nil for none
	severalWays bool                           // it is refused because of them
	unclear     error                          // why the decisions cannot be written behind the call
	cut         []ast.Stmt                     // what is done behind the call when a context has ended the retries; nil for nothing
	exact       bool                           // cut has the error that the context itself had
	lookBodies  [][]ast.Stmt                   // what they do when the context has ended
	lookedAt    []token.Pos                    // behind an attempt
	asked       ast.Expr                       // the context that a condition on the way to another attempt asks for
	looked      map[types.Object]*ast.CallExpr // variables that hold the error of a context
	conditional map[*step]bool                 // that conditions need
}

// errNoRetry is about a loop that does not retry: it repeats something, whatever that returns.
var errNoRetry = errors.New("no retry")

func newReader(p *site.Package, l *loop.Loop) *reader {
	return &reader{
		Package: p, loop: l, site: &site.Site{Pos: l.Stmt.Pos(), Kind: "loop"}, conditional: map[*step]bool{},
		keeps: map[types.Object]bool{}, looked: map[types.Object]*ast.CallExpr{}, written: map[ast.Node]string{},
	}
}

// recognize reads a loop, and returns nil for one that does not retry.
func recognize(p *site.Package, l *loop.Loop) *site.Site {
	r := newReader(p, l)
	for _, read := range []func() error{
		r.place, r.readHead, r.readBody, r.readResults, r.readWait, r.checkLimit, r.readCount, r.readDelay, r.readConditions, r.readContext,
		r.readEffects, r.write,
	} {
		if err := read(); errors.Is(err, errNoRetry) {
			return nil
		} else if err != nil {
			s, why := recognizeWhole(p, l)
			if why == nil {
				return s
			}
			if r.severalWays {
				err = why
			}
			return r.site.Refuse(err.Error())
		}
	}
	return r.site
}
