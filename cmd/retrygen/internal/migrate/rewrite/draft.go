package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

// draft is one try to turn a site.
type draft struct {
	*Rewriter
	edits
	site *site.Site
	file *ast.File
	decl *ast.FuncDecl // around the site; nil at package level

	captured []*captured
	results  []types.Type // of an attempt, the error last
	self     *types.Var   // the receiver of decl that the new function has too; nil for none
	lifted   bool         // what the work assigns becomes results
	params   []param      // of the new function or type, besides a context and what the work captures

	resultNames []string       // of the function that an attempt calls; nil for any other form
	wanted      []types.Object // the variables that get its results

	directive, wrapper string
	differences        []string
	names              []string
	types              map[string]string
	annotated          *ast.FuncDecl
}

// param is a parameter of a new function, and its argument at the site.
type param struct {
	name, typ, arg string
	v              *types.Var // the variable that it stands for; nil for a value of the policy
}

func (r *Rewriter) newDraft(s *site.Site) *draft {
	return &draft{
		Rewriter: r, edits: newEdits(), site: s, file: r.File(s.Pos), decl: r.Around(s.Pos), types: map[string]string{},
	}
}

// prepare finds out what all forms need to know.
func (d *draft) prepare() string {
	if d.file == nil {
		return "the file is generated"
	}
	d.captured = d.captures(d.region())
	work := d.site.Work
	switch {
	case work.Results != nil:
		d.results = work.Results
	case work.Lit != nil:
		d.results = resultsOf(d.Info.TypeOf(work.Lit))
	case work.Func != nil:
		d.results = resultsOf(d.Info.TypeOf(work.Func))
	default:
		for _, v := range work.Yields {
			d.results = append(d.results, v.Type())
		}
		d.results = append(d.results, syntax.ErrorType)
	}
	if n := len(d.results); n == 0 || !types.Identical(d.results[n-1], syntax.ErrorType) {
		return "an attempt does not end in an error"
	}
	return ""
}

func resultsOf(t types.Type) []types.Type {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	return slices.Collect(func(yield func(types.Type) bool) {
		for v := range sig.Results().Variables() {
			if !yield(v.Type()) {
				return
			}
		}
	})
}

// region are the nodes of the work.
func (d *draft) region() []ast.Node {
	switch w := d.site.Work; {
	case w.Lit != nil:
		return []ast.Node{w.Lit}
	case w.Func != nil:
		return []ast.Node{w.Func}
	default:
		var list []ast.Node
		for _, s := range w.Block {
			list = append(list, s)
		}
		return list
	}
}

// literalContext returns the parameter of the literal that is the attempt's context, nil if it has none.
func (d *draft) literalContext() *types.Var {
	if d.site.Work.Lit == nil {
		return nil
	}
	sig, ok := d.Info.TypeOf(d.site.Work.Lit).(*types.Signature)
	if !ok || sig.Params().Len() == 0 || !syntax.IsContext(sig.Params().At(0).Type()) {
		return nil
	}
	return sig.Params().At(0)
}

// context returns the source of the context for the wrapper, and says so where it was not looked at before.
func (d *draft) context() string {
	if d.site.Context != nil {
		return d.Source(d.site.Context)
	}
	for _, c := range d.captured {
		if syntax.IsContext(c.v.Type()) {
			d.differences = append(d.differences, site.DiffersContext)
			return c.v.Name()
		}
	}
	return d.pkg("context", "context") + ".Background()"
}

// first says what a done context does before the first attempt. The wrapper of a function without a context looks at it first.
func (d *draft) first(hasContext bool) {
	switch {
	case d.site.Context == nil:
		takes := slices.ContainsFunc(d.captured, func(c *captured) bool { return syntax.IsContext(c.v.Type()) })
		if takes && !hasContext { // the wrapper takes what the work has
			d.differences = append(d.differences, site.DiffersNone)
		}
	case syntax.IsFreshContext(d.Info, d.site.Context):
	case hasContext && d.site.LooksFirst:
		d.differences = append(d.differences, site.DiffersFirst)
	case !hasContext && !d.site.LooksFirst:
		d.differences = append(d.differences, site.DiffersNone)
	}
}

// responses says what a wrapper does with responses.
func (d *draft) responses(outs []*captured) {
	list := slices.Clone(d.results)
	for _, o := range outs {
		list = append(list, o.v.Type())
	}
	if slices.ContainsFunc(list, func(t types.Type) bool { return syntax.IsNamed(t, "net/http", "*Response") }) {
		d.differences = append(d.differences, "a response of an attempt that is retried is drained and closed before the wait")
	}
}

// replace replaces source text.
func (d *draft) replace(pos, end token.Pos, text string) {
	d.patches = append(d.patches, site.Patch{Pos: pos, End: end, Text: text})
}

// text returns source text from one position to another, with some patches applied.
func (d *draft) text(pos, end token.Pos, patches []site.Patch) string {
	inside := slices.DeleteFunc(slices.Clone(patches), func(p site.Patch) bool { return p.Pos < pos || p.End > end })
	slices.SortFunc(inside, func(a, b site.Patch) int { return int(a.Pos - b.Pos) })
	var clear []site.Patch
	at := pos
	for _, p := range inside {
		if p.Pos >= at { // else it is in what another one has replaced
			clear = append(clear, p)
			at = p.End
		}
	}
	return applyBetween(d.Sources[d.file], d.file, pos, end, clear)
}

// typeText writes a type as the file would. It reports false for one that cannot be written at package level there.
func (d *draft) typeText(t types.Type) (string, bool) {
	if !d.spellable(t) {
		return "", false
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p == d.Types {
			return ""
		}
		return d.pkg(p.Path(), p.Name())
	}), true
}

// line writes the directive.
func (d *draft) line(options []string) string {
	return "//" + directive.Tool + ":task " + strings.Join(options, " ")
}

// stub declares a wrapper for the time of the check.
func (d *draft) stub(file *ast.File, format string, args ...any) {
	d.stubs[file] += "\n" + fmt.Sprintf(format, args...) + "\n"
}
