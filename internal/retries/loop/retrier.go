package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Retrier is a fact about a function that tries functions again which it is passed, as those of retry libraries do:
//
//	func again(n int, f func() error) (err error) {
//		for range n {
//			if err = f(); err == nil {
//				return nil
//			}
//			time.Sleep(time.Second)
//		}
//		return err
//	}
type Retrier struct {
	Params uint64 // the parameters that it tries again, in bits
	Waits  bool   // it waits between the attempts
	Ends   bool   // something other than their number may end that: a context, a channel, an option

	Attempts int // the constant number of attempts after errors; 1 where only the running program knows it, 0 where nothing counts them
}

// AFact marks Retrier as a fact.
func (*Retrier) AFact() {}

// String describes the fact, for debugging.
func (*Retrier) String() string { return "retries" }

// Retries reports whether the function tries again what it is passed as an argument.
func (r Retrier) Retries(argument int) bool { return argument < 64 && r.Params&(1<<argument) != 0 }

// Alone reports whether the function waits between attempts whatever becomes of its caller.
func (r Retrier) Alone() bool { return r.Params != 0 && r.Waits && !r.Ends }

// Retrier returns what a function of this package or another does with the functions that it is passed. Analyzers may call it at
// the same time, once the model has been built.
func (m *Model) Retrier(fn *types.Func) Retrier {
	if fn == nil || fn.Pkg() == nil {
		return Retrier{}
	}
	fn = fn.Origin()
	if name, _ := library.Entry(fn); name != "" {
		r := Retrier{Params: functionsOf(fn), Waits: library.Waits(fn), Ends: mayEnd(fn)}
		if name == "backoff" || name == "avast" { // the others try again after some errors only
			r.Attempts = 1
		}
		return r
	}
	if known, ok := m.retriers[fn]; ok {
		return known
	}
	var r Retrier
	if decl := m.bodies[fn]; decl != nil {
		m.retriers[fn] = r // a function that calls itself knows nothing
		r = m.retrierOf(fn, decl)
		m.retriers[fn] = r
	} else if fn.Pkg() != m.pass.Pkg {
		m.pass.ImportObjectFact(fn, &r)
	}
	return r
}

// functionsOf returns the parameters of a function that are functions and tell whether they have failed, in bits.
func functionsOf(fn *types.Func) (set uint64) {
	params := fn.Signature().Params()
	for i := range min(params.Len(), 64) {
		if signature, ok := params.At(i).Type().Underlying().(*types.Signature); ok && signature.Results().Len() > 0 {
			set |= 1 << i
		}
	}
	return set
}

// noRetryName matches the names of functions that try nothing again, though they may call others which do:
//
//	func (p *Pacer) CallNoRetry(f func() error) error { return p.call(f, 1) }
var noRetryName = regexp.MustCompile(`(^[nN]o|[a-z]No|[wW]ithout)_?[rR]etr`)

// SaysNoRetry reports whether a function says by its name that it tries nothing again.
func SaysNoRetry(fn *types.Func) bool { return noRetryName.MatchString(fn.Name()) }

// retrierOf is Retrier for a function of this package.
func (m *Model) retrierOf(fn *types.Func, decl *ast.FuncDecl) Retrier {
	set := functionsOf(fn)
	if set == 0 || SaysNoRetry(fn) {
		return Retrier{}
	}
	s := &retrying{Model: m, params: map[types.Object]int{}, passed: map[*ast.FuncLit]bool{}}
	for i := range min(fn.Signature().Params().Len(), 64) {
		if set&(1<<i) != 0 {
			s.params[fn.Signature().Params().At(i)] = i
		}
	}
	s.calls(decl.Body)
	s.walk(decl.Body, false)
	// A function that calls itself again tries what its own body calls.
	if l := s.again[decl.Body]; l != nil {
		s.walk(decl.Body, true)
		s.waits = s.waits || isNoticed(l)
	}
	return Retrier{Params: s.found, Waits: s.waits, Ends: s.asks || mayEnd(fn), Attempts: s.attempts}
}

// mayEnd reports whether a function takes something that may end its retries: a context, a request, a channel, or an option of a
// library.
func mayEnd(fn *types.Func) bool {
	for v := range fn.Signature().Params().Variables() {
		t := v.Type()
		if slice, ok := t.Underlying().(*types.Slice); ok {
			t = slice.Elem()
		}
		_, isChannel := t.Underlying().(*types.Chan)
		if isChannel || syntax.CarriesContext(t) || syntax.HasMethod(t, "Context") || syntax.ContextField(t) != nil {
			return true
		}
		if signature, ok := t.Underlying().(*types.Signature); ok && (signature.Results().Len() > 0 || signature.Params().Len() > 1) {
			continue // what is tried again, or told of: an option changes the one thing that it is passed
		}
		if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
			if name, _ := library.Name(named.Obj().Pkg().Path()); name != "" && name != "wait" {
				return true
			}
		}
	}
	return false
}

// retrying is a search for the parameters of a function that it tries again.
type retrying struct {
	*Model
	params map[types.Object]int
	passed map[*ast.FuncLit]bool // the literals that another function tries again
	found  uint64
	waits  bool // between the attempts
	asks   bool // it looks at a context or at a channel that ends something

	attempts int // of the loop that calls one
}

// calls gathers what other functions are passed to be tried again.
func (s *retrying) calls(body ast.Node) {
	info := s.pass.TypesInfo
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.call(n)
		case *ast.FuncType:
			return false
		}
		if e, ok := n.(ast.Expr); ok && !syntax.IsFreshContext(info, e) {
			t := info.TypeOf(e)
			s.asks = s.asks || t != nil && (syntax.CarriesContext(t) || syntax.DeliversNothing(t))
		}
		return true
	})
}

// call looks at the arguments of a call.
func (s *retrying) call(call *ast.CallExpr) {
	callee := syntax.Callee(s.pass.TypesInfo, call)
	if callee == nil {
		return
	}
	r := s.Retrier(callee)
	for i, arg := range call.Args {
		if !r.Retries(i) {
			continue
		}
		s.waits = s.waits || r.Waits && !s.passesShort(call)
		s.attempts = max(s.attempts, r.Attempts)
		if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
			s.passed[lit] = true
		} else if id, ok := ast.Unparen(arg).(*ast.Ident); ok {
			s.named(id)
		}
	}
}

// noticed is how long a wait lasts at least that a caller notices.
const noticed = 100 * time.Millisecond

// passesShort reports whether a call is passed times that are constants, and all of them too short to be noticed.
func (s *retrying) passesShort(call *ast.CallExpr) bool {
	short := false
	for _, arg := range call.Args {
		if d, ok := syntax.ConstantDuration(s.pass.TypesInfo, arg); ok && isDuration(s.pass.TypesInfo.TypeOf(arg)) {
			if d >= noticed {
				return false
			}
			short = true
		}
	}
	return short
}

// isNoticed reports whether a loop has a wait that may be long enough to be noticed.
func isNoticed(l *Loop) bool {
	waits := append(slices.Clone(l.Waits), l.Polling...)
	return l.all > len(waits) || slices.ContainsFunc(waits, func(w *Wait) bool {
		d, ok := l.LastDelay(w)
		return !ok || d >= noticed
	})
}

// named looks at a variable that is passed to be tried again: a parameter, or one that holds a literal.
func (s *retrying) named(id *ast.Ident) {
	v, ok := s.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return
	}
	if i, isParam := s.params[v]; isParam {
		s.found |= 1 << i
	} else if lit := s.literals[v]; lit != nil {
		s.passed[lit] = true
	}
}

// walk looks for the calls of parameters in code that is run again and again.
func (s *retrying) walk(root ast.Node, again bool) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			l := s.again[n.(ast.Stmt)]
			if l == nil || again || n == root {
				return true
			}
			before := s.found
			s.walk(l.Body, true)
			if s.found != before {
				s.waits = s.waits || isNoticed(l)
				if s.triesParam(l) {
					s.attempts = max(s.attempts, s.counted[l.Stmt])
				}
			}
			return false
		case *ast.FuncLit:
			if s.passed[n] && !again {
				s.walk(n.Body, true)
				return false
			}
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && again {
				if i, isParam := s.params[s.pass.TypesInfo.Uses[id]]; isParam {
					s.found |= 1 << i
				}
			}
		}
		return true
	})
}

// triesParam reports whether a failure of something that the function is passed leads to another attempt.
func (s *retrying) triesParam(l *Loop) bool {
	for op := range l.tries() {
		for param := range s.params {
			if syntax.Mentions(s.pass.TypesInfo, op, param) {
				return true
			}
		}
	}
	return false
}

// exportRetriers finds the functions of the package that try others again, and exports the facts about them.
func (m *Model) exportRetriers() {
	for _, list := range [][]*Loop{m.Loops, m.Polls, m.Awaits} {
		for _, l := range list {
			if l.Body != nil && !l.GoesOn && (!l.RangesOverList() || l.CountsAttempts()) {
				m.again[l.Stmt] = l
			}
		}
	}
	for _, l := range m.Loops {
		m.counted[l.Stmt] = l.Counted()
	}
	for _, l := range m.Recursions {
		m.again[l.Stmt] = l // by its body
	}
	for fn := range m.bodies {
		if r := m.Retrier(fn); r.Params != 0 {
			m.pass.ExportObjectFact(fn, &r)
		}
	}
}
