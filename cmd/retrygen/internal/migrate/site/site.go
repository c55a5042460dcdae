// Package site describes places in code that retry, as recognizers find them and the migration turns them into directives.
//
// A recognizer says what is there, in terms of the syntax tree of the program, and never how it is going to be written. For
//
//	func (c *Client) Get(ctx context.Context, key string) (v []byte, err error) {
//		for i := 0; i < c.conf.Tries; i++ {
//			if v, err = c.get(ctx, key); err == nil {
//				return v, nil
//			}
//			time.Sleep(time.Second)
//		}
//		return nil, err
//	}
//
// it returns
//
//	&site.Site{
//		Pos: loop.Pos(), Kind: "loop", Stmts: []ast.Stmt{loop},
//		Work:   site.Work{Block: []ast.Stmt{assignment}, Err: errIdent},
//		Policy: []site.Option{
//			{Name: "attempts", Format: "%s", Operands: []ast.Expr{cfgTries}}, {Name: "delay", Format: "1"},
//		},
//		Tail:        "if err == nil {\n\treturn v, nil\n}",
//		Differences: []string{"ctx ends the waits; before, they were not interrupted"},
//	}
//
// The migration decides whether a directive above c.get will do, or a new function or function type is better; it finds out
// what the work captures and assigns, names what is new, and spells each operand of the policy: as .conf.Tries where the new
// function is a method of Client, as a parameter where there is no other way.
package site

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Site is a place that retries. Either Call or Stmts is set.
type Site struct {
	Pos  token.Pos // where a listing says it is: the call of the library, the loop
	Kind string    // what retries: "cenkalti/backoff v4", "loop"

	// Call is the call of a library that is replaced. Its results are those of an attempt, in the same order.
	Call *ast.CallExpr

	// Stmts are the statements that are replaced, neighbours in one list: a loop, and what belongs to it. The new
	// statements are a call that assigns its results to the variables that the work assigns, then to Work.Yields, then to
	// the variable of Work.Err, and then Tail.
	Stmts []ast.Stmt
	Head  string // statements in front of the call, as source text; "" if there are none
	Tail  string // statements behind the call; "" if there are none
	// Inline has the call become the init statement of Tail, which is one if.
	Inline bool
	// Return has the results of the call returned as they are, Work.Yields and the error. Then there is no Tail.
	Return bool

	Work    Work
	Policy  []Option
	Context ast.Expr // the context that ended the retries; nil if there was none
	// Ended is the field of a *retry.Error that the error of Call has to stay when a context has ended the retries, as other code
	// compares it: "Context" or "Cause". It is "" where a *retry.Error will do.
	Ended string
	// LooksFirst reports whether no attempt was made at all on a context that was done.
	LooksFirst bool

	// Removes are statements elsewhere that made the policy. They go away unless other code uses what they declare.
	Removes []ast.Stmt
	// RemoveSpecs are the same among the declarations of a group.
	RemoveSpecs []*ast.ValueSpec
	// Edits replace what made the policy, where other code uses a part of it.
	Edits []Patch

	// Leftovers are functions and variables of the package that made the policy, or waited. Those that nothing uses any more go away.
	Leftovers []types.Object

	Differences []string // sentences that say what changes; empty if the directive does just the same
	Refusal     string   // why the site cannot be turned; "" if it can. Then Work and Policy need not be set.
}

// Refuse returns the site with the reason why it cannot be turned.
func (s *Site) Refuse(reason string) *Site {
	s.Refusal = reason
	return s
}

// Differ adds a sentence to what changes.
func (s *Site) Differ(sentence string) { s.Differences = append(s.Differences, sentence) }

// Recognizer finds the sites of a package, in the order of the source. What it does not understand at all is not a site; what
// retries and cannot be turned is one with a refusal.
type Recognizer func(*Package) []*Site

// Work is what one attempt does: one of Lit, Func and Block.
type Work struct {
	// Lit is a function literal that the library calls for each attempt. Its last result is the error.
	Lit *ast.FuncLit

	// Defined is the statement that does nothing but assign Lit to a variable which only the call of the library uses; nil
	// for a literal that is an argument itself.
	Defined ast.Stmt
	// Results are the types of an attempt's results where Patches make them other than those of Lit.
	Results []types.Type

	// Func is any other expression of a function type that the library calls: a function, a method value, a variable.
	Func ast.Expr
	// Body is what an attempt does around the call of Func, as source text in which %s stands for the call; "" if it returns what
	// the call returns.
	Body string

	// Block are the statements of an attempt. They do not hold the wait, and nothing of what counts the attempts.
	Block []ast.Stmt
	// Err is the error with which the attempt ends after the last statement of Block; usually a variable. Nil stands for
	// a nil error.
	Err ast.Expr
	// Yields are variables declared in Block that Tail needs, or that are returned with Return; they become results.
	Yields []*types.Var
	// Exits are all statements in Block that leave it: return, and break, continue and goto to a place outside.
	Exits []Exit
	// Last is how an attempt ends behind the last statement of Block, without a Stmt; nil for Yields and Err as they are.
	Last *Exit
	// Closed reports whether nothing in Block leads behind its last statement.
	Closed bool

	// Patches replace parts of the work where it stands now. They lie inside of Lit or Block, do not overlap one another
	// or an Exit, and are applied wherever the work goes.
	Patches []Patch
}

// Exit is a statement in a block that ends the attempt. It becomes a return statement.
type Exit struct {
	Stmt   ast.Stmt
	Yields []string // values for Work.Yields, as source text; empty if the variables themselves are right
	Err    string   // the error, as source text; "nil" for success
	// Reads are the parts of Stmt that Yields and Err have taken over; nil for all of it.
	Reads []ast.Expr
}

// Patch replaces source text. In Text, [Retry] stands for the name of the runtime's package retry.
type Patch struct {
	Pos, End token.Pos
	Text     string
}

// Retry stands in texts of patches, exits and tails for the name that the runtime's package retry has in the file:
// site.Retry + ".Permanent(err)".
const Retry = "\x00retry"

// Errors stands in tails for the name that package errors has in the file.
const Errors = "\x00errors"

// Drops reports whether code of the work does not go where the work goes.
func (w *Work) Drops(n ast.Node) bool {
	for _, p := range w.Patches {
		if p.Text == "" && p.Pos <= n.Pos() && n.End() <= p.End {
			return true
		}
	}
	for _, e := range w.Exits {
		if e.Reads == nil || n.Pos() < e.Stmt.Pos() || n.End() > e.Stmt.End() || n == ast.Node(e.Stmt) {
			continue
		}
		if !slices.ContainsFunc(e.Reads, func(x ast.Expr) bool { return overlap(n, x) }) {
			return true
		}
	}
	return false
}

func overlap(a, b ast.Node) bool { return a.Pos() < b.End() && b.Pos() < a.End() }
