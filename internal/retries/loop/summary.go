package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Summary is a fact about a function: what loops that call it have to know.
type Summary struct {
	Waits   bool // it does little else than to wait
	Delay   int  // which parameter says how long, counted from 1; 0 if that is not in sight
	Ends    bool // something other than time ends the wait: a context, a channel
	Stops   bool // nothing other than time and channels which tell that something has been stopped ends it
	Text    bool // it judges an error by its text
	Context bool // it tells the errors of contexts from others
	Looks   bool // it does nothing but to look whether a context that it is passed is done
	Never   bool // it never returns: it ends the process
	Asks    bool // it does nothing but compare: it returns a bool, and makes no call that could tell it anything

	Pause   *pause // it may wait when its work is done, nil if it does not; it does not where Waits is set
	Counted uint64 // the parameters that are numbers which may keep it from waiting, in bits
}

// AFact marks Summary as a fact.
func (*Summary) AFact() {}

// String describes the summary, for debugging.
func (s *Summary) String() string {
	var words []string
	for word, holds := range map[string]bool{"waits": s.Waits, "ends": s.Ends, "stops": s.Stops, "text": s.Text, "context": s.Context, "asks": s.Asks, "looks": s.Looks} {
		if holds {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// wait returns the wait that a call of the function is.
func (s Summary) wait(call *ast.CallExpr, fn *types.Func) *Wait {
	w := &Wait{Node: call, Sleeps: !s.Ends, Stops: s.Stops, Helper: fn}
	if s.Delay > 0 && s.Delay <= len(call.Args) {
		w.Delay = call.Args[s.Delay-1]
	}
	if s.Ends {
		w.Until = append(w.Until, call.Args...)
	}
	return w
}

var waitingName = regexp.MustCompile(`(?i)sleep|delay|back_?off|pause|wait`)

// summarize returns the summary of a function's body, and reports whether the function waits and does something else, too.
func summarize(s *waiter, name string, signature *types.Signature, body *ast.BlockStmt) (sum Summary, mixed bool) {
	sum = Summary{Never: neverReturns(s.info, body), Asks: onlyAsks(s.info, signature, body), Looks: onlyLooks(s.info, signature, body)}
	if judgesErrors(signature) {
		sum.Text = len(TextTests(s.info, body, body)) > 0
		sum.Context = mentionsContextErrors(s.info, body)
	}
	waits, works := s.inBody(body)
	if len(waits) == 0 {
		return sum, false
	}
	sum.Counted = s.counted(signature, body)
	if works && !waitingName.MatchString(name) {
		return sum, true
	}
	sum.Waits = true
	for _, w := range waits {
		sum.Ends = sum.Ends || !w.Sleeps
		sum.Stops = sum.Stops || w.Stops
		sum.Delay = max(sum.Delay, paramOf(s.info, signature, w.Delay))
	}
	sum.Stops = sum.Stops && !slices.ContainsFunc(waits, func(w *Wait) bool { return !w.Sleeps && !w.Stops })
	return sum, false
}

// counted returns the whole numbers among a function's parameters on which it depends whether the function waits: it returns, or
// waits, under a condition that compares them.
func (s *waiter) counted(signature *types.Signature, body *ast.BlockStmt) (set uint64) {
	syntax.InspectOwn(body, func(n ast.Node) {
		stmt, ok := n.(*ast.IfStmt)
		if !ok || !s.leavesOrWaits(stmt.Body) {
			return
		}
		inspectVariables(s.info, stmt.Cond, func(v variable) {
			for i := range min(signature.Params().Len(), 64) {
				if param := signature.Params().At(i); v.object == param && isInteger(param.Type()) && !isDuration(param.Type()) {
					set |= 1 << i
				}
			}
		})
	})
	return set
}

// leavesOrWaits reports whether there is a return statement or a wait in a block.
func (s *waiter) leavesOrWaits(block *ast.BlockStmt) bool {
	found := false
	syntax.InspectOwn(block, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			found = true
		case *ast.CallExpr:
			found = found || s.call(n) != nil
		}
	})
	return found
}

// neverReturns reports whether a function ends with a call that does not return, and has no return statement.
func neverReturns(info *types.Info, body *ast.BlockStmt) bool {
	if len(body.List) == 0 || !exits(info, body.List[len(body.List)-1]) {
		return false
	}
	found := false
	syntax.InspectOwn(body, func(n ast.Node) {
		_, ok := n.(*ast.ReturnStmt)
		found = found || ok
	})
	return !found
}

// onlyLooks reports whether a function returns whether a context is done, or the error of that, and makes no other calls.
func onlyLooks(info *types.Info, signature *types.Signature, body *ast.BlockStmt) bool {
	results := signature.Results()
	if results.Len() != 1 || !syntax.IsBool(results.At(0).Type()) && !syntax.IsError(results.At(0).Type()) {
		return false
	}
	looks, only := false, true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			ctx, _ := syntax.AskedContext(info, n)
			looks = looks || ctx != nil
			only = only && (ctx != nil || computes(info, n))
		case *ast.FuncLit, *ast.GoStmt, *ast.ForStmt, *ast.RangeStmt:
			only = false
		}
		return only
	})
	return looks && only
}

// onlyAsks reports whether a function returns a bool that depends on nothing but what it is passed: it compares numbers.
func onlyAsks(info *types.Info, signature *types.Signature, body *ast.BlockStmt) bool {
	if results := signature.Results(); results.Len() != 1 || !syntax.IsBool(results.At(0).Type()) {
		return false
	}
	asks, only := false, true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			only = only && computes(info, n) && !clockName.MatchString(called(n))
		case *ast.BinaryExpr:
			asks = asks || syntax.Compares(n.Op) && isInteger(info.TypeOf(n.X))
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.AssignStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
			only = false
		}
		return only
	})
	return asks && only
}

// inBody returns the waits in the statements of a function that are in no loop but one that counts the time down, and reports whether
// the function does something besides that may fail.
func (s *waiter) inBody(body ast.Node) (waits []*Wait, works bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			waits = append(waits, s.inCountdown(n)...)
			return false
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt, *ast.RangeStmt:
			return false
		case *ast.SelectStmt:
			inside, worksInside := s.inSelect(n)
			waits, works = append(waits, inside...), works || worksInside
			return false
		case *ast.IfStmt:
			return !drains(n)
		case *ast.UnaryExpr:
			waits = append(waits, s.in(n)...)
			return false
		case *ast.CallExpr:
			if w := s.call(n); w != nil {
				waits = append(waits, w)
				return false
			}
			works = works || syntax.ReturnsError(s.info, n) && !computes(s.info, n)
		}
		return true
	})
	return waits, works
}

// inSelect is inBody for a select: the wait that it is, and those of its clauses.
func (s *waiter) inSelect(n *ast.SelectStmt) (waits []*Wait, works bool) {
	for _, clause := range n.Body.List {
		if comm := clause.(*ast.CommClause).Comm; comm != nil && len(waits) == 0 {
			if w := s.selects(n, comm); w != nil {
				waits = append(waits, w)
			}
		}
	}
	brought := func(e ast.Expr) bool { return e != nil && brings(s.info.TypeOf(e)) }
	if len(waits) > 0 && (slices.ContainsFunc(waits[0].Until, brought) || s.isAnswer(waits[0])) {
		waits, works = nil, true // what it waits for is what it does
	}
	for _, clause := range n.Body.List {
		for _, stmt := range clause.(*ast.CommClause).Body {
			inside, worksInside := s.inBody(stmt)
			waits, works = append(waits, inside...), works || worksInside
		}
	}
	return waits, works
}

// paramOf returns which parameter a delay is, counted from 1, 0 for none.
func paramOf(info *types.Info, signature *types.Signature, delay ast.Expr) int {
	if delay == nil {
		return 0
	}
	v, ok := variableOf(info, delay)
	for i := range signature.Params().Len() {
		if ok && v == (variable{object: signature.Params().At(i)}) {
			return i + 1
		}
	}
	return 0
}

// judgesErrors reports whether a function takes an error and returns a bool.
func judgesErrors(signature *types.Signature) bool {
	has := func(tuple *types.Tuple, t types.Type) bool {
		for i := range tuple.Len() {
			if types.Identical(tuple.At(i).Type(), t) {
				return true
			}
		}
		return false
	}
	return has(signature.Params(), syntax.ErrorType) && has(signature.Results(), types.Typ[types.Bool])
}

// mentionsContextErrors reports whether code names context.Canceled or context.DeadlineExceeded.
func mentionsContextErrors(info *types.Info, root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name == "Canceled" || id.Name == "DeadlineExceeded") {
			found = true
		}
		return !found
	})
	return found
}
