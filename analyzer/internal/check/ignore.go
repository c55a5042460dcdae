package check

import (
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
)

// Ignore is a //retry:ignore comment.
type Ignore struct {
	Pos, End token.Pos // of the comment, without what stands behind it
	IDs      []string  // of checks, as they are written
	Reason   string
}

// ignores are the //retry:ignore comments of a package.
type ignores struct {
	fset   *token.FileSet
	all    []*Ignore
	byLine map[line][]*Ignore // the lines that they silence
}

// line is a line of a file.
type line struct {
	file   string
	number int
}

// ignoreReader reads the ignore comments of a package, for all analyzers.
var ignoreReader = &analysis.Analyzer{
	Name: "retryignores", Doc: "read //retry:ignore comments", ResultType: reflect.TypeFor[*ignores](),
	Run: func(pass *analysis.Pass) (any, error) { return readIgnores(pass), nil },
}

func readIgnores(pass *analysis.Pass) *ignores {
	list := &ignores{fset: pass.Fset, byLine: map[line][]*Ignore{}}
	for _, file := range pass.Files {
		list.read(file)
	}
	return list
}

// read adds the comments of a file. A comment silences its own line, and the one below it or below more such comments.
func (list *ignores) read(file *ast.File) {
	own := map[line]bool{}
	var found []*Ignore
	for _, d := range directive.All(file) {
		if d.Name == "ignore" {
			found = append(found, newIgnore(d))
			own[list.lineOf(d.Slash)] = true
		}
	}
	for _, i := range found {
		at := list.lineOf(i.Pos)
		list.byLine[at] = append(list.byLine[at], i)
		for at.number++; own[at]; at.number++ {
		}
		list.byLine[at] = append(list.byLine[at], i)
	}
	list.all = append(list.all, found...)
}

func newIgnore(d ast.Directive) *Ignore {
	ids, reason, _ := strings.Cut(strings.TrimSpace(d.Args), " ")
	i := &Ignore{Pos: d.Slash, End: d.Slash + token.Pos(len("//retry:ignore")), IDs: strings.Split(ids, ",")}
	if d.Args != "" {
		i.End = d.ArgsPos + token.Pos(len(d.Args))
	}
	reason, _, _ = strings.Cut(" "+strings.TrimSpace(reason), " //")
	i.Reason = strings.TrimSpace(reason)
	return i
}

func (list *ignores) lineOf(pos token.Pos) line {
	p := list.fset.PositionFor(pos, false)
	return line{p.Filename, p.Line}
}

func (p *Pass) ignores() *ignores { return p.ResultOf[ignoreReader].(*ignores) }

// silences reports whether comments silence a finding, and remembers that they do.
func (p *Pass) silences(f Finding) bool {
	found := false
	for _, i := range p.ignores().byLine[p.ignores().lineOf(f.Pos)] {
		if slices.Contains(i.IDs, f.id) {
			p.run.silenced[i] = true
			found = true
		}
	}
	return found
}

// Ignores returns the ignore comments of the package.
func (p *Pass) Ignores() []*Ignore { return p.ignores().all }

// Silenced reports whether a comment has silenced a finding, of this analyzer or of one that it requires. It knows all of
// them in a check that runs [Check.Last].
func (p *Pass) Silenced(i *Ignore) bool {
	if p.run.silenced[i] {
		return true
	}
	for _, result := range p.ResultOf {
		if other, ok := result.(*outcome); ok && other.silenced[i] {
			return true
		}
	}
	return false
}
