package loops

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// keepComments puts the comments that stand in what goes away, and nowhere in what is written instead, above the call:
//
//	for i := 0; i < 3; i++ {
//		…
//		time.Sleep(time.Second) // the usual pause
//	}
//
// Those for tools are about lines that are not there any more.
func (r *reader) keepComments() {
	written := r.site.Head + r.site.Tail
	for _, o := range r.site.Policy {
		if o.Hook != nil {
			written += o.Hook.Body
		}
	}
	var lost []string
	for _, group := range r.File(r.loop.Stmt.Pos()).Comments {
		if !r.goes(group) {
			continue
		}
		if text := r.Text(group.Pos(), group.End()); !strings.Contains(written, text) && !forTool(group) {
			lost = append(lost, unindented(text)+"\n")
		}
	}
	r.site.Head = strings.Join(lost, "") + r.site.Head
}

// goes reports whether a comment stands in what is replaced or removed, and not in an attempt.
func (r *reader) goes(group *ast.CommentGroup) bool {
	inside := func(from, to token.Pos) bool { return from <= group.Pos() && group.Pos() < to }
	if n := len(r.attempt); n > 0 && inside(r.attempt[0].Pos(), r.attempt[n-1].End()) {
		return false
	}
	stmts := r.site.Stmts
	return inside(stmts[0].Pos(), stmts[len(stmts)-1].End()) && inside(r.loop.Stmt.Pos(), r.loop.Stmt.End())
}

// toolComment matches directives as gofmt knows them, and the two that linters have without a colon.
var toolComment = regexp.MustCompile(`^//([a-z0-9]+:[a-z0-9]|nolint\b|#nosec\b)`)

// forTool reports whether a comment is for a tool: //nolint, //go:generate.
func forTool(group *ast.CommentGroup) bool {
	return slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return toolComment.MatchString(c.Text) })
}

// unindented returns the text of a comment of several lines without what stands in front of them.
func unindented(text string) string {
	if !strings.HasPrefix(text, "//") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}
