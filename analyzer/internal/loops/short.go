package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unnoticed is a wait that no caller would notice.
const unnoticed = 100 * time.Millisecond

// isShort reports whether a wait is so short that no caller would notice, whichever attempt it follows.
func isShort(p *check.Pass, l *loop.Loop, w *loop.Wait) bool {
	if w.Delay == nil {
		return false
	}
	most, ok := (&longest{Pass: p, loop: l}).of(w.Delay, 0)
	return ok && most <= float64(unnoticed)
}

// longest computes how long a delay is at most: from constants, what counts a constant number of attempts, and jitter.
type longest struct {
	*check.Pass
	loop *loop.Loop
}

// deepestDelay is how many variables a delay may be computed from, one from the other.
const deepestDelay = 4

func (s *longest) of(e ast.Expr, depth int) (float64, bool) {
	e = ast.Unparen(e)
	if value := s.TypesInfo.Types[e].Value; value != nil {
		return floatOf(value)
	}
	switch e := e.(type) {
	case *ast.Ident:
		return s.variable(e, depth)
	case *ast.BinaryExpr:
		return s.binary(e, depth)
	case *ast.CallExpr:
		return s.call(e, depth)
	}
	return 0, false
}

func floatOf(value constant.Value) (float64, bool) {
	n := constant.ToFloat(value)
	if n.Kind() != constant.Float {
		return 0, false
	}
	f, _ := constant.Float64Val(n)
	return f, true
}

// variable is of for what counts the attempts, and for a variable that is assigned to once.
func (s *longest) variable(id *ast.Ident, depth int) (float64, bool) {
	v, ok := s.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return 0, false
	}
	if b := s.loop.Bound; b.Counter == v && b.Attempts > 0 && !b.Down {
		return float64(b.Attempts), true
	}
	list := assignments.Of(s.Pass)[v]
	own := s.IsLocal(v) || v.Parent() == s.Pkg.Scope() && !v.Exported()
	if !own || len(list) != 1 || list[0].value == nil || depth > deepestDelay {
		return 0, false
	}
	return s.of(list[0].value, depth+1)
}

func (s *longest) binary(e *ast.BinaryExpr, depth int) (float64, bool) {
	x, ok := s.of(e.X, depth)
	y, known := s.of(e.Y, depth)
	if !ok || !known || x < 0 || y < 0 {
		return 0, false
	}
	switch e.Op {
	case token.ADD:
		return x + y, true
	case token.MUL:
		return x * y, true
	case token.SHL:
		for ; y > 0 && x < float64(time.Hour); y-- {
			x *= 2
		}
		return x, true
	}
	return 0, false
}

// call is of for conversions, random numbers below a limit, and what adds jitter to a delay.
func (s *longest) call(call *ast.CallExpr, depth int) (float64, bool) {
	if len(call.Args) == 0 {
		return 0, false
	}
	most, ok := s.of(call.Args[0], depth)
	name := syntax.FullName(s.TypesInfo, call)
	switch {
	case !ok:
		return 0, false
	case s.TypesInfo.Types[call.Fun].IsType():
		return most, true
	case syntax.IsBuiltin(s.TypesInfo, call, "min"):
		return most, true
	case randomBelow[name]:
		return most, true
	case name == "k8s.io/apimachinery/pkg/util/wait.Jitter" && len(call.Args) == 2:
		factor, ok := s.of(call.Args[1], depth)
		return most * (1 + factor), ok
	}
	return 0, false
}

// randomBelow holds the functions that return a random number below their argument.
var randomBelow = syntax.NameSet("math/rand.Intn", "math/rand.Int63n", "math/rand.Int31n", "math/rand/v2.IntN", "math/rand/v2.N",
	"math/rand/v2.Int64N", "math/rand/v2.Int32N")
