package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Most computes how large numbers are at most, such as delays in nanoseconds: constants, and what is computed from them, from
// random numbers and from variables. It knows numbers that are not negative.
type Most struct {
	Info     *types.Info
	Variable func(e ast.Expr, depth int) (float64, bool) // the most that a variable or a field holds, if that is known
}

// mostVariables is how many variables a number may be computed from, one from the other.
const mostVariables = 4

// Of returns the most that an expression may be, if that is known. Depth is the number of variables that have led to it.
func (m *Most) Of(e ast.Expr, depth int) (float64, bool) {
	e = ast.Unparen(e)
	if value := m.Info.Types[e].Value; value != nil {
		f, _ := constant.Float64Val(constant.ToFloat(value))
		return f, value.Kind() == constant.Int || value.Kind() == constant.Float
	}
	switch e := e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if depth < mostVariables {
			return m.Variable(e, depth+1)
		}
	case *ast.BinaryExpr:
		return m.binary(e, depth)
	case *ast.CallExpr:
		return m.call(e, depth)
	}
	return 0, false
}

func (m *Most) binary(e *ast.BinaryExpr, depth int) (float64, bool) {
	x, ok := m.Of(e.X, depth)
	y, known := m.Of(e.Y, depth)
	if !ok || !known || x < 0 || y < 0 {
		return 0, false
	}
	switch e.Op {
	case token.ADD, token.OR, token.XOR:
		return x + y, true
	case token.AND, token.REM:
		return min(x, y), true
	case token.MUL:
		return x * y, true
	case token.QUO:
		return x / y, y > 0 && m.Info.Types[e.Y].Value != nil // the most of a divisor says nothing
	case token.SHL:
		return x * math.Pow(2, y), true
	}
	return 0, false
}

// call is Of for conversions, minima, maxima, random numbers below a limit, and what adds jitter to a delay.
func (m *Most) call(call *ast.CallExpr, depth int) (float64, bool) {
	if len(call.Args) == 0 {
		return 1, isFraction(m.Info, call)
	}
	most, ok := m.Of(call.Args[0], depth)
	switch {
	case !ok:
		return 0, false
	case syntax.IsBuiltin(m.Info, call, "max"):
		return m.largest(call.Args, depth)
	case m.Info.Types[call.Fun].IsType(), syntax.IsBuiltin(m.Info, call, "min"):
		return most, true
	case syntax.FullName(m.Info, call) == "k8s.io/apimachinery/pkg/util/wait.Jitter" && len(call.Args) == 2:
		factor, ok := m.Of(call.Args[1], depth)
		return most * (1 + factor), ok
	}
	return most, len(call.Args) == 1 && isRandom(m.Info, call)
}

// largest returns the most that the largest of several numbers may be.
func (m *Most) largest(list []ast.Expr, depth int) (float64, bool) {
	most := 0.0
	for _, e := range list {
		n, ok := m.Of(e, depth)
		if !ok {
			return 0, false
		}
		most = max(most, n)
	}
	return most, true
}

// isFraction reports whether a call returns a random number below 1.
func isFraction(info *types.Info, call *ast.CallExpr) bool {
	fn := syntax.Callee(info, call)
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Name() == "rand" && (fn.Name() == "Float64" || fn.Name() == "Float32")
}

// below matches the names of functions that return a random number below their argument.
var below = regexp.MustCompile(`^(Int|Uint)(31|32|63|64)?[nN]$|^N$`)

// isRandom reports whether a call returns a random number below its argument: one of a package rand, whichever it is.
func isRandom(info *types.Info, call *ast.CallExpr) bool {
	fn := syntax.Callee(info, call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	path := fn.Pkg().Path()
	return path == "math/rand" || path == "math/rand/v2" || fn.Pkg().Name() == "rand" && below.MatchString(fn.Name())
}
