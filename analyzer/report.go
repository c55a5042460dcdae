package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/internal/directive"
)

// reporter is what a check works with: the package, its model, and the way to report.
type reporter struct {
	*analysis.Pass
	*model
	reported map[place]bool        // a policy that functions share has its faults once
	fresh    map[types.Object]bool // contexts, once asked: whether nothing ends them
	writes   *fieldWrites          // once asked
	flowRuns *flowRuns             // once asked
	err      error
}

// place is where a check has found something.
type place struct {
	id      string
	pos     token.Pos
	message string
}

// finding is what a check reports.
type finding struct {
	id       string
	pos, end token.Pos // end may be left out
	message  string
	fix      *analysis.SuggestedFix // nil for none
	related  []analysis.RelatedInformation
	anywhere bool // report it in generated files too
}

// on reports whether a check is switched on, so that the work for it may be spared.
func (r *reporter) on(id string) bool { return *switches[id] }

// reportf reports without a fix.
func (r *reporter) reportf(id string, at analysis.Range, format string, args ...any) {
	r.report(finding{id: id, pos: at.Pos(), end: at.End(), message: fmt.Sprintf(format, args...)})
}

// report passes a finding on, unless its check is off, its file generated, or a comment silences it.
func (r *reporter) report(f finding) {
	if !r.on(f.id) || !f.anywhere && r.generated[r.fileOf(f.pos)] || r.ignored(f.id, f.pos) {
		return
	}
	at := place{f.id, f.pos, f.message}
	if r.reported[at] {
		return
	}
	r.reported[at] = true
	d := analysis.Diagnostic{Pos: f.pos, End: f.end, Category: f.id, Message: f.id + ": " + f.message, Related: f.related, URL: "#" + strings.ToLower(f.id)}
	if f.fix != nil {
		d.SuggestedFixes = []analysis.SuggestedFix{*f.fix}
	}
	r.Report(d)
}

// replacing is a fix that replaces one stretch of text.
func replacing(message string, pos, end token.Pos, text string) *analysis.SuggestedFix {
	return &analysis.SuggestedFix{Message: message, TextEdits: []analysis.TextEdit{{Pos: pos, End: end, NewText: []byte(text)}}}
}

func (r *reporter) inspector() *inspector.Inspector {
	return r.ResultOf[inspect.Analyzer].(*inspector.Inspector)
}

// functions goes through the functions of the package that have a body and stand in files to report on.
func (r *reporter) functions(yield func(*ast.FuncDecl) bool) {
	for _, file := range r.Files {
		if r.generated[file] {
			continue
		}
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil && !yield(decl) {
				return
			}
		}
	}
}

// fileOf finds the file of a position.
func (m *model) fileOf(pos token.Pos) *ast.File {
	for _, file := range m.files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return file
		}
	}
	return nil
}

// ignore is one //retry:ignore comment.
type ignore struct {
	comment token.Pos
	end     token.Pos
	ids     []string
	reason  string
	used    atomic.Bool // analyzers run at the same time
}

var idPattern = regexp.MustCompile(`^RL[0-9]{3}$`)

// readIgnores gathers the //retry:ignore comments of a file by the lines that they are about: their own, and the one
// below.
func (m *model) readIgnores(file *ast.File) {
	for _, d := range directive.All(file) {
		if d.Name != "ignore" {
			continue
		}
		list, reason, _ := strings.Cut(strings.TrimSpace(d.Args), " ")
		i := &ignore{comment: d.Slash, end: d.Slash + token.Pos(len("//retry:ignore")), ids: strings.Split(list, ","), reason: strings.TrimSpace(reason)}
		if d.Args != "" {
			i.end = d.ArgsPos + token.Pos(len(d.Args))
		}
		if at := strings.Index(" "+i.reason, " //"); at >= 0 {
			i.reason = strings.TrimSpace(i.reason[:max(at-1, 0)])
		}
		m.ignores = append(m.ignores, i)
		line := m.lineOf(d.Slash)
		m.silent[line] = append(m.silent[line], i)
		// Above a doc comment's last directive lines, or above a statement: what stands below, other ignores between.
		next := line
		for next.number++; m.ignoreLines[next]; next.number++ {
		}
		m.silent[next] = append(m.silent[next], i)
	}
}

// line is a line of a file.
type line struct {
	file   string
	number int
}

func (m *model) lineOf(pos token.Pos) line {
	p := m.fset.PositionFor(pos, false)
	return line{p.Filename, p.Line}
}

// ignored reports whether a comment silences a check at a position.
func (m *model) ignored(id string, pos token.Pos) bool {
	found := false
	for _, i := range m.silent[m.lineOf(pos)] {
		for _, other := range i.ids {
			if other == id {
				i.used.Store(true)
				found = true
			}
		}
	}
	return found
}
