package retries

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Related returns the positions of the layers that a text about a chain names, as far as they are known in this package, and of
// the site where it begins.
func (g *Graph) Related(sites []*Site, links []chain.Link) []analysis.RelatedInformation {
	first, last, _ := chain.Shown(links)
	var list []analysis.RelatedInformation
	add := func(pos token.Pos, format string, args ...any) {
		if pos.IsValid() {
			list = append(list, analysis.RelatedInformation{Pos: pos, Message: fmt.Sprintf(format, args...)})
		}
	}
	for _, s := range sites {
		if slices.Equal(g.from(s).Worst(), links) {
			add(s.Node.Pos(), "the retries begin here")
			break
		}
	}
	for _, l := range slices.Concat(first, last) {
		add(g.declared(l), "%s makes %s attempts", l.Called(g.pass.Pkg.Path()), chain.Count(l.Attempts))
	}
	return list
}

// declared returns where a layer is declared, in this package or in one that it imports.
func (g *Graph) declared(l chain.Link) token.Pos {
	if l.Package == "" {
		return token.NoPos
	}
	for fn, annotated := range g.Annotated {
		if _, name, _ := strings.Cut(annotated.Task, "."); name == l.Name && fn.Pkg().Path() == l.Package {
			return annotated.Pos
		}
	}
	for _, fact := range g.pass.AllObjectFacts() {
		if wrapped, ok := fact.Fact.(*Wrapped); ok && fact.Object.Pkg().Path() == l.Package {
			if _, name, _ := strings.Cut(wrapped.Task, "."); name == l.Name {
				return fact.Object.Pos()
			}
		}
	}
	return token.NoPos
}
