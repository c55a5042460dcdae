package directives

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

var _ = Checks.Add("RL101", rl101)

var (
	nearPattern   = regexp.MustCompile(`(?is)^(?://|/\*)\s*retry\s*:\s*(task|flow|policy|default|ignore)\b\s*(.*?)\s*(?:\*/)?$`)
	optionPattern = regexp.MustCompile(`^[a-z]+=\S+$`)
)

// rl101 finds comments that were meant as directives, but are prose to Go.
func rl101(p *check.Pass) {
	for _, file := range p.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if right := correction(file, group, comment); right != "" {
					p.Report(check.Finding{
						Pos: comment.Pos(), End: comment.End(),
						Message: fmt.Sprintf("this is no directive, and Go passes over it; write %s", right),
						Fix:     check.Replace("Write the directive as Go reads it", comment.Pos(), comment.End(), right),
					})
				}
			}
		}
	}
}

// correction returns the directive that a comment was meant as, "" for one that is a directive or was not meant as one.
func correction(file *ast.File, group *ast.CommentGroup, comment *ast.Comment) string {
	if _, ok := ast.ParseDirective(comment.Slash, comment.Text); ok {
		return ""
	}
	match := nearPattern.FindStringSubmatch(comment.Text)
	if match == nil || strings.Contains(match[2], "\n") {
		return ""
	}
	verb, rest := strings.ToLower(match[1]), match[2]
	if !meant(verb, rest) || rest == "" && !documents(file, group) {
		return ""
	}
	return strings.TrimSpace("//retry:" + verb + " " + rest)
}

// meant reports whether the text behind a verb looks like the options of a directive rather than prose.
func meant(verb, rest string) bool {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return verb == "task" || verb == "flow" || verb == "policy"
	}
	switch verb {
	case "default":
		return (words[0] == "task" || words[0] == "flow") && len(words) > 1 && optionPattern.MatchString(words[1])
	case "ignore":
		return check.IsID(words[0])
	case "policy":
		return false
	}
	return optionPattern.MatchString(words[0])
}

// documents reports whether a comment group is the doc comment of a declaration.
func documents(file *ast.File, group *ast.CommentGroup) bool {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == group {
				return true
			}
		case *ast.GenDecl:
			if decl.Doc == group {
				return true
			}
		}
	}
	return false
}
