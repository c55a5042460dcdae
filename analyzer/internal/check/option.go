package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries"
)

// Option reports a finding at an option of a directive.
func (p *Pass) Option(pos int, fix *analysis.SuggestedFix, format string, args ...any) {
	at := token.Pos(pos)
	p.Report(Finding{Pos: at, End: p.WordEnd(at), Message: fmt.Sprintf(format, args...), Fix: fix})
}

// AddAfter returns a fix that adds options behind the one at a position. It is nil if that does not begin with the name:
// then the source cannot be read.
func (p *Pass) AddAfter(pos int, name, options string) *analysis.SuggestedFix {
	at := token.Pos(pos)
	if !strings.HasPrefix(p.Word(at), name) {
		return nil
	}
	end := p.WordEnd(at)
	return Replace("Add "+options, end, end, " "+options)
}

// Instead returns a fix that replaces the option at a position, or drops it if there is no other. It is nil if the option
// does not begin with the name.
func (p *Pass) Instead(pos int, name, option string) *analysis.SuggestedFix {
	at := token.Pos(pos)
	word := p.Word(at)
	if !strings.HasPrefix(word, name) {
		return nil
	}
	end := p.WordEnd(at)
	if option != "" {
		return Replace("Write "+option, at, end, option)
	}
	if strings.HasPrefix(p.RestOfLine(end), " ") {
		end++
	}
	return Replace("Drop "+word, at, end, "")
}

// CallWrapper returns a fix that calls the wrapper of a function instead, nil where the wrapper takes other arguments.
func CallWrapper(call *ast.CallExpr, task retries.Annotated) *analysis.SuggestedFix {
	id, _ := ast.Unparen(call.Fun).(*ast.Ident)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		id = sel.Sel
	}
	if id == nil || !task.Same {
		return nil
	}
	return Replace("Call "+task.Wrapper, id.Pos(), id.End(), task.Wrapper)
}
