package loops

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// hook returns a hook of some code, without its body.
func (r *reader) hook(steps []*step, exprs ...ast.Expr) *site.Hook {
	h := &site.Hook{}
	for _, s := range steps {
		h.Parts = append(h.Parts, s.stmt)
	}
	for _, e := range exprs {
		h.Parts = append(h.Parts, e)
	}
	h.Words = r.wordsIn(h.Parts)
	return h
}

// wordsIn returns the words of the directive that code mentions.
func (r *reader) wordsIn(parts []ast.Node) map[types.Object]string {
	words := map[types.Object]string{}
	for o, word := range r.words {
		for _, part := range parts {
			if r.mentions(part, o) {
				words[o] = word
			}
		}
	}
	return words
}
