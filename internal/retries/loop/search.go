package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// search gathers the operations behind an expression.
type search struct {
	w     *flow
	seen  map[any]bool
	found []ast.Expr
}

const deepest = 6 // assignments that a search follows

func (s *search) expr(e ast.Expr, at *block, before token.Pos, depth int) {
	if e == nil || depth > deepest || s.seen[e] {
		return
	}
	s.seen[e] = true
	info := s.w.info
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				s.add(n, at)
				return false
			}
		case *ast.CallExpr:
			if !computes(info, n) {
				s.add(n, at)
			}
			return true
		case ast.Expr:
			if v, ok := variableOf(info, n); ok {
				s.variable(v, at, before, depth)
				return false
			}
		}
		return true
	})
}

// decided follows the conditions under which a variable is set to one constant or another: retry = true. What a round sets to a
// constant may also be counted up, by a loop inside or once it has been set.
func (s *search) decided(list []*assignment, at *block, depth int) {
	steps := 0
	anew := slices.ContainsFunc(list, func(a *assignment) bool { return !a.moves && a.value != nil && at != nil && a.block.dominates(at) })
	for _, a := range list {
		switch {
		case a.step && (anew || a.block.loop != s.w.natural):
			steps++
		case a.value == nil || a.moves || s.w.info.Types[a.value].Value == nil:
			return
		}
	}
	if steps == len(list) {
		return
	}
	for _, a := range list {
		for b := a.block; at != nil && b != s.w.head && !b.dominates(at); b = b.idom {
			if from := b.idom; s.w.has[from] && from.branch != nil && from.branch.cond != nil && len(from.succs) == 2 {
				s.expr(from.branch.cond, from, token.NoPos, depth+1)
			}
		}
	}
}

func (s *search) add(op ast.Expr, at *block) {
	s.found = append(s.found, op)
	s.w.sites[op] = at
}

func (s *search) variable(v variable, at *block, before token.Pos, depth int) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	if from := s.w.implicit[v.object]; from != nil {
		s.expr(from, at, before, depth+1)
	}
	reaching := s.w.reaching(v, at, before)
	for _, a := range reaching {
		s.expr(a.value, a.block, a.pos, depth+1)
	}
	if len(reaching) > 0 {
		for _, p := range s.w.puts[v] {
			s.expr(p.key, p.block, p.key.Pos(), depth+1)
			s.expr(p.value, p.block, p.key.Pos(), depth+1)
		}
		s.decided(reaching, at, depth)
		return
	}
	if depth > 1 || lifecycle.MatchString(v.fields) {
		return
	}
	for of := v; of.fields != ""; { // if c.conn == nil, after err := c.connect()
		of.fields = of.fields[:strings.LastIndexByte(of.fields, '.')]
		for _, a := range s.w.methods[of] {
			s.add(a.value, a.block)
		}
	}
}

// computes reports whether a call is no operation that may fail: a conversion, a builtin, or a function that formats,
// compares, logs or tells the time.
func computes(info *types.Info, call *ast.CallExpr) bool {
	if info.Types[call.Fun].IsType() || info.Types[call.Fun].IsBuiltin() || syntax.IsContext(info.TypeOf(call)) {
		return true
	}
	fn := syntax.Callee(info, call)
	if fn == nil || fn.Pkg() == nil {
		return fn != nil // err.Error()
	}
	switch fn.Pkg().Path() {
	case "errors", "fmt", "strings", "bytes", "strconv", "time", "context", "math", "math/rand", "math/rand/v2", "math/bits",
		"regexp", "sort", "slices", "maps", "unicode", "unicode/utf8", "log", "log/slog", "sync", "sync/atomic", "reflect",
		"path", "path/filepath", "cmp", "runtime":
		return fn.Name() != "Do"
	}
	return false
}
