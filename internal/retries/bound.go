package retries

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Bounded is a fact about a function: the bound of one call of it, all retries that it reaches together.
type Bounded struct{ chain.Bound }

// AFact marks Bounded as a fact.
func (*Bounded) AFact() {}

// String describes the bound, for debugging.
func (b *Bounded) String() string { return b.Bound.String() }

// sum finds the bounds of all functions of a package: callees first, functions that call each other
// together.
func (g *Graph) sum(order []*types.Func) {
	g.Bounds, g.inside = map[*types.Func]chain.Bound{}, map[ast.Node]chain.Bound{}
	callees := map[*types.Func][]*types.Func{}
	for _, fn := range order {
		s := newSummer(g)
		s.function(fn)
		callees[fn] = s.called
	}
	for _, group := range components(order, callees) {
		switch {
		case len(group) > 1 || slices.Contains(callees[group[0]], group[0]):
			g.recursion(group)
		default:
			g.Bounds[group[0]] = newSummer(g).function(group[0])
		}
	}
}

// recursion finds the bounds of functions that call each other. If one of these calls is retried, nothing bounds the
// attempts; otherwise it is not known how often the functions call each other.
func (g *Graph) recursion(group []*types.Func) {
	var all chain.Bound
	multiplies := false
	for _, fn := range group {
		all = all.Plus(newSummer(g).function(fn))
		wrapped, ok := g.Wrappers[fn]
		multiplies = multiplies || ok && Retried(wrapped)
	}
	all = all.Often(fmt.Sprintf("%s: %s calls itself", g.site(group[0].Pos()), group[0].Name()))
	if multiplies {
		wait := all.Wait
		if wait > 0 || all.MoreWait {
			wait = chain.Endless
		}
		all = chain.Bound{Attempts: chain.Unlimited, Wait: wait, Params: all.Params, Blocks: all.Blocks}
	}
	for _, fn := range group {
		g.Bounds[fn] = all
	}
}

// BoundOf returns the bound of a call of a function with a directive, its own retries included. What its parameters are is
// not known.
func (g *Graph) BoundOf(fn *directive.Func) chain.Bound {
	var bound chain.Bound
	if wrapper := g.written[fn]; wrapper != nil {
		bound = g.Bounds[wrapper]
	} else {
		bound = newSummer(g).attempt(fn).Inside(g.LinkOf(fn))
	}
	return bound.Alone(g.site(fn.Object.Pos()) + unseen(fn))
}

// unseen says why it is not known what a function with a directive calls.
func unseen(fn *directive.Func) string {
	if fn.Type != nil {
		return ": what it calls is its receiver"
	}
	return ": it calls a function that is a parameter"
}

// BoundWithin returns the bound of what one attempt of a function with a directive calls.
func (g *Graph) BoundWithin(fn *directive.Func) chain.Bound {
	return newSummer(g).attempt(fn).Alone(g.site(fn.Object.Pos()) + unseen(fn))
}

// BoundInside returns the bound of what one attempt of a loop or of a library calls.
func (g *Graph) BoundInside(s *Site) chain.Bound {
	return g.inside[s.Node].Alone(g.site(s.Node.Pos()) + ": it calls a function that is a parameter")
}

// site writes a position as bounds have it: without the folder, which differs between machines.
func (g *Graph) site(pos token.Pos) string {
	at := g.pass.Fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
}

// summer adds up what functions call.
type summer struct {
	*Graph
	called []*types.Func // the functions of this package that have been called
}

func newSummer(g *Graph) *summer { return &summer{Graph: g} }

// function returns the bound of a function of this package, by the bounds that are known so far.
func (s *summer) function(fn *types.Func) chain.Bound {
	if wrapped, ok := s.Wrappers[fn]; ok {
		return s.attempt(wrapped).Inside(s.LinkOf(wrapped))
	}
	return newBody(s, s.Bodies[fn]).block(s.Bodies[fn].Body)
}

// attempt returns the bound of one attempt of a function with a directive: of the function, and of the functions that its
// policy names. What stands behind an interface with a directive counts as nothing. A function type calls its receiver,
// which is a parameter like others.
func (s *summer) attempt(fn *directive.Func) chain.Bound {
	sum := chain.Bound{Params: fn.Type != nil}
	if fn.Decl != nil {
		sum = s.boundOf(fn.Object)
	}
	return sum.Plus(s.asked(fn))
}

// boundOf returns the bound of a call of a declared function or method, of this package or another.
func (s *summer) boundOf(fn *types.Func) chain.Bound {
	fn = fn.Origin()
	if fn.Pkg() == s.pass.Pkg {
		if method, ok := s.Annotated[fn]; ok && method.Decl == nil {
			return s.attempt(method).Inside(s.LinkOf(method)) // the decorator stands behind the interface
		}
		if s.Bodies[fn] != nil {
			s.called = append(s.called, fn)
			return s.Bounds[fn]
		}
	}
	var fact Bounded
	if fn.Pkg() != nil && fn.Pkg() != s.pass.Pkg && s.pass.ImportObjectFact(fn, &fact) {
		return fact.Bound
	}
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) && !standard(fn) {
		return chain.Unknown(interfaceCall + syntax.Qualified(fn))
	}
	return chain.Bound{}
}

// interfaceCall begins the reason why the bound of a method of an interface is not known.
const interfaceCall = "a call of the interface method "

// standard reports whether the language or the standard library declares an object.
func standard(object types.Object) bool {
	if object.Pkg() == nil {
		return true
	}
	first, _, _ := strings.Cut(object.Pkg().Path(), "/")
	return standardFolders[first]
}

// standardFolders are the folders of the standard library. No module has a path that begins with one of them.
var standardFolders = syntax.NameSet("archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database",
	"debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "io", "iter", "log", "maps",
	"math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync",
	"syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "weak")

// components returns the functions in groups that call each other, callees before their callers.
func components(order []*types.Func, callees map[*types.Func][]*types.Func) [][]*types.Func {
	c := &connected{callees: callees, index: map[*types.Func]int{}, low: map[*types.Func]int{}, open: map[*types.Func]bool{}}
	for _, fn := range order {
		if c.index[fn] == 0 {
			c.visit(fn)
		}
	}
	return c.groups
}

// connected finds strongly connected components as Tarjan does.
type connected struct {
	callees    map[*types.Func][]*types.Func
	index, low map[*types.Func]int
	stack      []*types.Func
	open       map[*types.Func]bool
	groups     [][]*types.Func
}

func (c *connected) visit(fn *types.Func) {
	c.index[fn] = len(c.index) + 1
	c.low[fn] = c.index[fn]
	c.stack, c.open[fn] = append(c.stack, fn), true
	for _, callee := range c.callees[fn] {
		if c.index[callee] == 0 {
			c.visit(callee)
			c.low[fn] = min(c.low[fn], c.low[callee])
		} else if c.open[callee] {
			c.low[fn] = min(c.low[fn], c.index[callee])
		}
	}
	if c.low[fn] != c.index[fn] {
		return
	}
	at := slices.Index(c.stack, fn)
	group := slices.Clone(c.stack[at:])
	c.stack = c.stack[:at]
	for _, member := range group {
		c.open[member] = false
	}
	c.groups = append(c.groups, group)
}
