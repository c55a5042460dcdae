package analyzer

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// unlimited is a number of attempts that never run out.
const unlimited = -1

// Link is one layer of retries.
type Link struct {
	Package  string // import path of what is retried, "" for a loop
	Name     string // within the package: "Fetch", "Client.Get"
	Attempts int    // unlimited, or at least 1
	Wait     time.Duration
	Client   bool // not a policy of ours: a library or a client that retries by itself
}

// Chain is the fact that calling a function comes to retries, the outermost first. Of several chains that begin in one
// function it is the one with the most attempts.
type Chain struct{ Links []Link }

// AFact marks Chain as a fact.
func (*Chain) AFact() {}

// String lists the links, for debugging.
func (c *Chain) String() string { return c.describe("") }

// Wrapped is the fact that a function is a generated wrapper.
type Wrapped struct {
	Task     string // "pkg.Func", "pkg.Type.Method"
	Attempts int    // unlimited, or at least 1; 1 where the environment decides
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
		return unlimited
	}
	return p.Retries.Value + 1
}

func linkOf(fn *directive.Func) Link {
	_, longest, _ := fn.Policy.Totals()
	_, name, _ := strings.Cut(fn.Task, ".")
	return Link{Package: fn.Object.Pkg().Path(), Name: name, Attempts: attempts(fn.Policy), Wait: longest}
}

// before puts a link before a chain, which may be nil. A link that makes one attempt changes nothing; one that stands in
// the chain already is a recursion, which is not followed.
func (l Link) before(c *Chain) *Chain {
	if l.Attempts == 1 {
		return c
	}
	if c == nil {
		return &Chain{[]Link{l}}
	}
	for _, other := range c.Links {
		if other.Package == l.Package && other.Name == l.Name {
			return c
		}
	}
	return &Chain{append([]Link{l}, c.Links...)}
}

// total multiplies the attempts and adds up the waits of a chain.
func total(links []Link) (attempts int, wait time.Duration) {
	if len(links) == 0 {
		return 1, 0
	}
	inner, innerWait := total(links[1:])
	l := links[0]
	if l.Attempts == unlimited || inner == unlimited {
		return unlimited, math.MaxInt64
	}
	product := l.Attempts * inner
	if inner > math.MaxInt32/l.Attempts {
		product = math.MaxInt32
	}
	return product, policy.Add(l.Wait, policy.Times(l.Attempts, innerWait))
}

// worse gives the chain with more attempts, then with more waiting, then the first by name.
func worse(a, b *Chain) *Chain {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	n, w := total(a.Links)
	m, v := total(b.Links)
	order := cmp.Or(cmp.Compare(uint(m), uint(n)), cmp.Compare(v, w))
	if order == 0 {
		order = strings.Compare(a.describe(""), b.describe(""))
	}
	if order > 0 {
		return b
	}
	return a
}

// describe writes "Place (3 attempts) → FetchPrice (5): 15 attempts, up to 6m4s of waiting".
func (c *Chain) describe(home string) string {
	var parts []string
	for i, l := range c.Links {
		unit := ""
		if i == 0 {
			unit = " attempts"
		}
		parts = append(parts, fmt.Sprintf("%s (%s%s)", l.called(home), count(l.Attempts), unit))
	}
	n, wait := total(c.Links)
	text := fmt.Sprintf("%s: %s attempts", strings.Join(parts, " → "), count(n))
	if wait > 0 && !policy.Saturated(wait) {
		text += ", up to " + policy.Spell(wait) + " of waiting"
	}
	return text
}

func count(attempts int) string {
	if attempts == unlimited {
		return "unlimited"
	}
	return fmt.Sprint(attempts)
}

// called is the name of a link as a package knows it.
func (l Link) called(home string) string {
	if l.Package == "" || l.Package == home {
		return l.Name
	}
	return packageName(l.Package) + "." + l.Name
}

// packageName guesses the name of a package from its path: the last part that is no version.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	for len(parts) > 1 && versionPattern.MatchString(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return strings.TrimPrefix(parts[len(parts)-1], "go-")
}

// ours reports whether a link of the chain is a policy of ours.
func (c *Chain) ours() bool {
	return slices.ContainsFunc(c.Links, func(l Link) bool { return !l.Client })
}

// site is a place in a function from which retries may be reached: a call, or a loop or a library's call that retries
// what is inside.
type site struct {
	node   ast.Node
	callee *types.Func // nil for a loop or a library's call
	link   *Link       // of a loop or a library's call
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
			chain := m.through(fn)
			if old := m.chains[fn]; worse(old, chain) != old {
				m.chains[fn] = chain
				changed = true
			}
		}
	}
	m.export(order)
}

// through gives the chain that a function of this package comes to, by what is known so far.
func (m *model) through(fn *types.Func) *Chain {
	if wrapped, ok := m.wrappers[fn]; ok {
		return linkOf(wrapped).before(m.chains[wrapped.Object])
	}
	return m.worst(m.sites[fn])
}

// worst gives the worst chain that begins at any of the sites.
func (m *model) worst(sites []*site) *Chain {
	var chain *Chain
	for _, s := range sites {
		chain = worse(chain, m.from(s))
	}
	return chain
}

func (m *model) from(s *site) *Chain {
	if s.link != nil {
		return s.link.before(m.worst(s.inner))
	}
	return m.chainOf(s.callee)
}

// chainOf gives the chain that calling a function comes to.
func (m *model) chainOf(fn *types.Func) *Chain {
	if client := clientLink(fn); client != nil {
		return client.before(nil)
	}
	fn = fn.Origin()
	if chain, ok := m.chains[fn]; ok {
		return chain
	}
	if fn.Pkg() == m.pass.Pkg {
		if method, ok := m.annotated[fn]; ok && method.Decl == nil {
			return linkOf(method).before(nil) // the decorator stands behind the interface
		}
		return nil
	}
	var chain Chain
	if fn.Pkg() != nil && m.pass.ImportObjectFact(fn, &chain) {
		return &chain
	}
	return nil
}

// sitesIn lists the sites of a piece of code, function literals included.
func (m *model) sitesIn(root ast.Node) []*site {
	var sites []*site
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if l := retryLoop(m.pass.TypesInfo, n.(ast.Stmt)); l != nil && l.bound > 1 {
				sites = append(sites, &site{node: n, link: &Link{Name: "a loop", Attempts: l.bound, Client: true}, inner: m.sitesIn(l.body)})
				return false
			}
		case *ast.CallExpr:
			callee, _ := typeutil.Callee(m.pass.TypesInfo, n).(*types.Func)
			if callee == nil {
				return true
			}
			if link := libraryLink(m.pass.TypesInfo, callee, n); link != nil {
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
		if chain := m.chains[fn]; chain != nil {
			m.pass.ExportObjectFact(fn, chain)
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
		} else if chain := linkOf(annotated).before(nil); chain != nil {
			m.pass.ExportObjectFact(fn, chain)
		}
	}
}

// related lists a position for each link that can be found from here.
func (m *model) related(sites []*site, chain *Chain) []analysis.RelatedInformation {
	var list []analysis.RelatedInformation
	note := func(pos token.Pos, format string, args ...any) {
		if pos.IsValid() {
			list = append(list, analysis.RelatedInformation{Pos: pos, Message: fmt.Sprintf(format, args...)})
		}
	}
	for _, s := range sites {
		if c := m.from(s); c != nil && slices.Equal(c.Links, chain.Links) {
			note(s.node.Pos(), "the retries begin here")
			break
		}
	}
	for _, l := range chain.Links {
		note(m.declared(l), "%s makes %s attempts", l.called(m.pass.Pkg.Path()), count(l.Attempts))
	}
	return list
}

// declared finds where a link is declared, in this package or among those that it knows.
func (m *model) declared(l Link) token.Pos {
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
