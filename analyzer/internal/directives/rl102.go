package directives

import (
	"bytes"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

var _ = Checks.Add("RL102", rl102)

// rl102 finds directives that stand above nothing that they could apply to, in the words of the generator.
func rl102(p *check.Pass) {
	for _, problem := range p.Problems {
		if problem.Unattached && !problem.Unsure {
			p.Report(check.Finding{Pos: problem.Pos, Message: problem.Message, Fix: join(p, problem.Pos)})
		}
	}
}

// join returns a fix that moves a directive to the function or type below it, nil if more than blank lines lie between them.
func join(p *check.Pass, pos token.Pos) *analysis.SuggestedFix {
	file := p.FileOf(pos)
	if file == nil {
		return nil
	}
	comment := commentAt(file, pos)
	for _, decl := range file.Decls {
		doc, what := documented(decl)
		if what == "" || comment == nil || decl.Pos() < comment.End() {
			continue
		}
		begin := decl.Pos()
		if doc != nil {
			begin = doc.Pos()
		}
		between := p.SourceFrom(comment.End())
		if gap := int(begin - comment.End()); gap > len(between) || len(bytes.TrimSpace(between[:gap])) > 0 {
			return nil
		}
		return check.Replace("Join the directive with the "+what+" below", comment.End(), begin, "\n")
	}
	return nil
}

// documented returns the doc comment of a function or a type, and which of them a declaration is: "" for any other.
func documented(decl ast.Decl) (doc *ast.CommentGroup, what string) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		return decl.Doc, "function"
	case *ast.GenDecl:
		if decl.Tok == token.TYPE && !decl.Lparen.IsValid() {
			return decl.Doc, "type"
		}
	}
	return nil, ""
}

// commentAt returns the comment group at a position, nil for none.
func commentAt(file *ast.File, pos token.Pos) *ast.CommentGroup {
	for _, group := range file.Comments {
		if group.Pos() <= pos && pos < group.End() {
			return group
		}
	}
	return nil
}
