package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// Chains is the fact that calling a function comes to retries: the chains that begin there, the worst first.
type Chains struct{ chain.Set }

// AFact marks Chains as a fact.
func (*Chains) AFact() {}

// String describes the chains, for debugging.
func (c *Chains) String() string {
	var list []string
	for _, links := range c.Chains {
		list = append(list, chain.Describe(links, ""))
	}
	return strings.Join(list, "; ")
}

// Wrapped is the fact that a function is a generated wrapper.
type Wrapped struct {
	Task     string // "pkg.Func", "pkg.Type.Method"
	Attempts int    // chain.Unlimited, or at least 1; 1 where the environment decides
	Shortest time.Duration
	Error    bool // its last result is an error
}

// AFact marks Wrapped as a fact.
func (*Wrapped) AFact() {}

// Annotated is the fact that a function has a wrapper.
type Annotated struct {
	Wrapper string
	Same    bool // the wrapper takes the same arguments
}

// AFact marks Annotated as a fact.
func (*Annotated) AFact() {}

func wrappedOf(fn *directive.Func) *Wrapped {
	shortest, _, _ := fn.Policy.Totals()
	return &Wrapped{Task: fn.Task, Attempts: attempts(fn.Policy), Shortest: shortest, Error: fn.Error}
}

func attempts(p policy.Policy) int {
	switch {
	case !p.Retries.IsSet():
		return 1
	case p.Retries.Value < 0:
		return chain.Unlimited
	}
	return p.Retries.Value + 1
}

// linkOf is the layer that a wrapper makes.
func (m *model) linkOf(fn *directive.Func) chain.Link {
	_, longest, known := fn.Policy.Totals()
	_, name, _ := strings.Cut(fn.Task, ".")
	none := fn.Policy.Delay.State == policy.None || fn.Policy.Delay.IsSet() && fn.Policy.Delay.Value.IsZero()
	return chain.Link{
		Package: fn.Object.Pkg().Path(), Name: name, Attempts: attempts(fn.Policy),
		Wait: longest, Open: !known && !none, Pos: m.place(fn.Pos),
	}
}

// place is where a layer stands, for those who list chains.
func (m *model) place(pos token.Pos) token.Position {
	if !m.depth.places || !pos.IsValid() {
		return token.Position{}
	}
	at := m.fset.Position(pos)
	at.Offset = 0
	return at
}

// before puts a layer before a chain. One that makes a single attempt changes nothing; one that stands in the chain
// already is a recursion, which is not followed.
func (m *model) before(l chain.Link, links []chain.Link) []chain.Link {
	if l.Attempts == 1 {
		return links
	}
	at := slices.IndexFunc(links, l.Same)
	switch {
	case at < 0:
		return append([]chain.Link{l}, links...)
	case m.depth.places:
		return append([]chain.Link{l}, links[:at]...) // a list has the chain up to where it comes round again
	}
	return links
}

// beforeAll puts a layer before all chains that begin behind it; it is a chain by itself where there are none.
func (m *model) beforeAll(l chain.Link, behind chain.Set) chain.Set {
	if len(behind.Chains) == 0 {
		behind.Chains = [][]chain.Link{nil}
	}
	var list [][]chain.Link
	for _, links := range behind.Chains {
		if links = m.before(l, links); len(links) > 0 {
			list = append(list, links)
		}
	}
	set := chain.Of(m.depth.limit, list...)
	set.Cut = set.Cut || behind.Cut
	return set
}

// ours reports whether a link of the chain is a policy of ours.
func ours(links []chain.Link) bool {
	return slices.ContainsFunc(links, func(l chain.Link) bool { return !l.Client })
}

// site is a place in a function from which retries may be reached: a call, or a loop or a library's call that retries
// what is inside.
type site struct {
	node   ast.Node
	callee *types.Func // nil for a loop or a library's call
	link   *chain.Link // of a loop or a library's call
	inner  []*site
}

// retriesAround reports whether anything that the package imports has to do with retries.
func (m *model) retriesAround() bool {
	for _, pkg := range m.pass.Pkg.Imports() {
		if isRetrying(pkg.Path()) {
			return true
		}
	}
	return len(m.pass.AllObjectFacts()) > 0
}

// follow finds the chains of all functions, and makes facts of what other packages need.
func (m *model) follow() {
	m.bodies = map[*types.Func]*ast.FuncDecl{}
	m.sites = map[*types.Func][]*site{}
	var order []*types.Func
	for _, file := range m.files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			if fn, ok := m.pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
				m.bodies[fn] = decl
				m.sites[fn] = m.sitesIn(decl.Body)
				order = append(order, fn)
			}
		}
	}
	// Chains grow along calls until nothing changes; a recursion adds nothing.
	for changed := true; changed; {
		changed = false
		for _, fn := range order {
			if joined := chain.Join(m.depth.limit, m.chains[fn], m.through(fn)); !joined.Equal(m.chains[fn]) {
				m.chains[fn] = joined
				changed = true
			}
		}
	}
	m.export(order)
}

// through gives the chains that a function of this package comes to, by what is known so far.
func (m *model) through(fn *types.Func) chain.Set {
	if wrapped, ok := m.wrappers[fn]; ok {
		return m.beforeAll(m.linkOf(wrapped), m.chains[wrapped.Object])
	}
	return m.reached(m.sites[fn])
}

// reached gives the chains that begin at any of the sites.
func (m *model) reached(sites []*site) chain.Set {
	var sets []chain.Set
	for _, s := range sites {
		if set := m.from(s); len(set.Chains) > 0 {
			sets = append(sets, set)
		}
	}
	return chain.Join(m.depth.limit, sets...)
}

func (m *model) from(s *site) chain.Set {
	if s.link != nil {
		return m.beforeAll(*s.link, m.reached(s.inner))
	}
	if client := clientLink(s.callee); client != nil {
		client.Pos = m.place(s.node.Pos())
		return m.beforeAll(*client, chain.Set{})
	}
	return m.chainsOf(s.callee.Origin())
}

// chainsOf gives the chains that calling a function comes to.
func (m *model) chainsOf(fn *types.Func) chain.Set {
	if set, ok := m.chains[fn]; ok {
		return set
	}
	if fn.Pkg() == m.pass.Pkg {
		if method, ok := m.annotated[fn]; ok && method.Decl == nil {
			return m.beforeAll(m.linkOf(method), chain.Set{}) // the decorator stands behind the interface
		}
		return chain.Set{}
	}
	var fact Chains
	if fn.Pkg() != nil && m.pass.ImportObjectFact(fn, &fact) {
		return fact.Set
	}
	return chain.Set{}
}

// sitesIn lists the sites of a piece of code, function literals included.
func (m *model) sitesIn(root ast.Node) []*site {
	var sites []*site
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if l := retryLoop(m.pass.TypesInfo, n.(ast.Stmt)); l != nil && l.bound > 1 {
				sites = append(sites, &site{node: n, link: &chain.Link{Name: "a loop", Attempts: l.bound, Open: true, Client: true, Pos: m.place(n.Pos())}, inner: m.sitesIn(l.body)})
				return false
			}
		case *ast.CallExpr:
			callee, _ := typeutil.Callee(m.pass.TypesInfo, n).(*types.Func)
			if callee == nil {
				return true
			}
			if link := libraryLink(m.pass.TypesInfo, callee, n); link != nil {
				link.Pos = m.place(n.Pos())
				s := &site{node: n, link: link}
				for _, arg := range n.Args {
					s.inner = append(s.inner, m.argument(arg)...)
				}
				sites = append(sites, s)
				return false
			}
			sites = append(sites, &site{node: n, callee: callee})
		}
		return true
	})
	return sites
}

// argument lists the sites of what is handed to a library: a literal, or a function by its name.
func (m *model) argument(arg ast.Expr) []*site {
	var id *ast.Ident
	switch arg := ast.Unparen(arg).(type) {
	case *ast.Ident:
		id = arg
	case *ast.SelectorExpr:
		id = arg.Sel
	}
	if id != nil {
		if fn, ok := m.pass.TypesInfo.Uses[id].(*types.Func); ok {
			return []*site{{node: arg, callee: fn}}
		}
	}
	return m.sitesIn(arg)
}

// export makes facts of what other packages may call.
func (m *model) export(order []*types.Func) {
	for _, fn := range order {
		if !fn.Exported() {
			continue
		}
		if set := m.chains[fn]; len(set.Chains) > 0 {
			m.pass.ExportObjectFact(fn, &Chains{set})
		}
		if wrapped, ok := m.wrappers[fn]; ok {
			m.pass.ExportObjectFact(fn, wrappedOf(wrapped))
		}
	}
	for fn, annotated := range m.annotated {
		if fn.Pkg() != m.pass.Pkg || !fn.Exported() {
			continue
		}
		if annotated.Decl != nil {
			m.pass.ExportObjectFact(fn, &Annotated{annotated.Wrapper, takesSame(annotated)})
		} else if set := m.beforeAll(m.linkOf(annotated), chain.Set{}); len(set.Chains) > 0 {
			m.pass.ExportObjectFact(fn, &Chains{set})
		}
	}
}

// related lists a position for each link that can be found from here.
func (m *model) related(sites []*site, links []chain.Link) []analysis.RelatedInformation {
	var list []analysis.RelatedInformation
	note := func(pos token.Pos, format string, args ...any) {
		if pos.IsValid() {
			list = append(list, analysis.RelatedInformation{Pos: pos, Message: fmt.Sprintf(format, args...)})
		}
	}
	for _, s := range sites {
		if slices.Equal(m.from(s).Worst(), links) {
			note(s.node.Pos(), "the retries begin here")
			break
		}
	}
	for _, l := range links {
		note(m.declared(l), "%s makes %s attempts", l.Called(m.pass.Pkg.Path()), chain.Count(l.Attempts))
	}
	return list
}

// declared finds where a link is declared, in this package or among those that it knows.
func (m *model) declared(l chain.Link) token.Pos {
	if l.Package == "" {
		return token.NoPos
	}
	for fn, annotated := range m.annotated {
		if _, name, _ := strings.Cut(annotated.Task, "."); name == l.Name && fn.Pkg().Path() == l.Package {
			return annotated.Pos
		}
	}
	for _, fact := range m.pass.AllObjectFacts() {
		if wrapped, ok := fact.Fact.(*Wrapped); ok && fact.Object.Pkg().Path() == l.Package {
			if _, name, _ := strings.Cut(wrapped.Task, "."); name == l.Name {
				return fact.Object.Pos()
			}
		}
	}
	return token.NoPos
}
