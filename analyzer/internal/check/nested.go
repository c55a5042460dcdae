package check

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
)

// Nested reports retries inside retries: annotated functions, loops and calls of libraries that make several attempts at
// something which retries by itself. The chain inside must be of a kind, and the site one that is meant; what is the message in
// front of the whole chain.
func (p *Pass) Nested(kind func([]chain.Link) bool, meant func(*retries.Site) bool, what string) {
	n := &nested{p, kind, meant, what}
	for _, fn := range p.Found.Funcs {
		n.function(fn)
	}
	for decl := range p.Functions {
		if fn, ok := p.TypesInfo.Defs[decl.Name].(*types.Func); ok {
			n.sites(p.Sites[fn])
		}
	}
}

// nested is a search for retries inside retries.
type nested struct {
	*Pass
	kind  func([]chain.Link) bool
	meant func(*retries.Site) bool
	what  string
}

// function reports an annotated function, at its number of retries if that is written in this package.
func (n *nested) function(fn *directive.Func) {
	inner := n.Chains[fn.Object].Worst()
	own := n.LinkOf(fn)
	if inner == nil || !n.kind(inner) || !own.Multiplies() || !multiply(own, inner) {
		return
	}
	pos := fn.Pos
	if value := fn.Policy.Policy; fn.Open("retries") && n.FileOf(token.Pos(value.Pos)) != nil {
		pos = token.Pos(value.Pos)
	} else if option := fn.Policy.Retries; option.IsSet() && n.FileOf(token.Pos(option.Pos)) != nil {
		pos = token.Pos(option.Pos)
	}
	advice := ""
	if fn.Flow {
		advice = "; if the flow is meant to retry its tasks again, say why: //retry:ignore RL301 the reason"
	}
	n.report(pos, n.WordEnd(pos), n.Before(own, inner), n.BoundOf(fn), n.Sites[fn.Object], inner, advice)
}

// multiply reports whether some layer is known to make more than one attempt. Where only the running program knows how many
// attempts all layers make, there may be one.
func multiply(outer chain.Link, inner []chain.Link) bool {
	return outer.Attempts != 1 || slices.ContainsFunc(inner, func(l chain.Link) bool { return l.Attempts != 1 })
}

// sites reports loops and calls of libraries.
func (n *nested) sites(sites []*retries.Site) {
	for _, s := range sites {
		if s.Link == nil {
			continue
		}
		inner := n.behind(s)
		if inner != nil && n.kind(inner) && !conflicts(s.Link, inner) && s.Link.Multiplies() && n.meant(s) {
			n.report(s.Node.Pos(), token.NoPos, n.Before(*s.Link, inner), n.BoundInside(s).Inside(*s.Link), s.Inner, inner, "")
		}
		n.sites(s.Inner)
	}
}

// behind returns the worst chain of what a site retries. Where a loop calls its own function, the calls up to that loop are left out.
func (n *nested) behind(s *retries.Site) []chain.Link {
	inner := n.Behind(s).Worst()
	if !s.Link.IsLoop() {
		return inner
	}
	if at := slices.IndexFunc(inner, s.Link.Same); at >= 0 {
		inner = inner[at+1:]
	}
	if len(inner) == 0 {
		return nil
	}
	return inner
}

// report reports a chain, with the bound of all that one attempt calls and with advice.
func (n *nested) report(
	pos, end token.Pos, links []chain.Link, bound chain.Bound, sites []*retries.Site, inner []chain.Link, advice string,
) {
	n.Report(Finding{
		Pos: pos, End: end, Message: n.what + ": " + chain.Explain(links, n.Pkg.Path(), bound) + advice, Related: n.Related(sites, inner),
	})
}

// conflicts reports whether a loop of the Kubernetes library stands around a call of its client. It retries what the
// client does not: an update of an object that has changed in the meantime.
func conflicts(outer *chain.Link, inner []chain.Link) bool {
	return strings.HasPrefix(outer.Package, library.Kubernetes) && strings.HasPrefix(inner[len(inner)-1].Package, library.Kubernetes)
}
