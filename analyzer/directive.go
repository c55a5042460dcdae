package analyzer

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
)

func checkDirectives(r *reporter) {
	for _, file := range r.Files {
		if !r.generated[file] {
			r.nearMisses(file)
		}
	}
	r.mistakes()
	for _, fn := range r.all() {
		r.checkPolicy(fn)
	}
	r.deadlinesTooShort()
	r.checkIgnores()
}

// all lists what is annotated, functions and methods of interfaces, in source order.
func (m *model) all() []*directive.Func {
	all := append([]*directive.Func(nil), m.found.Funcs...)
	for _, d := range m.found.Decorators {
		all = append(all, d.Methods...)
	}
	return all
}

var (
	nearPattern   = regexp.MustCompile(`(?is)^(?://|/\*)\s*retry\s*:\s*(task|flow|policy|default|ignore)\b\s*(.*?)\s*(?:\*/)?$`)
	optionPattern = regexp.MustCompile(`^[a-z]+=\S+$`)
)

// nearMisses finds comments that were meant as directives, and that Go reads as prose.
func (r *reporter) nearMisses(file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if _, ok := ast.ParseDirective(comment.Slash, comment.Text); ok {
				continue
			}
			match := nearPattern.FindStringSubmatch(comment.Text)
			if match == nil || strings.Contains(match[2], "\n") {
				continue
			}
			verb, rest := strings.ToLower(match[1]), match[2]
			if !meant(verb, rest) || rest == "" && !documents(file, group) {
				continue
			}
			right := strings.TrimSpace("//retry:" + verb + " " + rest)
			r.report(finding{
				id: "RL101", pos: comment.Pos(), end: comment.End(),
				message: fmt.Sprintf("this is no directive, and Go passes over it; write %s", right),
				fix:     replacing("Write the directive as Go reads it", comment.Pos(), comment.End(), right),
			})
		}
	}
}

// meant reports whether what follows a verb looks like the options of a directive rather than prose.
func meant(verb, rest string) bool {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return verb == "task" || verb == "flow" || verb == "policy"
	}
	switch verb {
	case "default":
		return (words[0] == "task" || words[0] == "flow") && len(words) > 1 && optionPattern.MatchString(words[1])
	case "ignore":
		return idPattern.MatchString(words[0])
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

// mistakes reports what the generator reports, in its words and at its positions.
func (r *reporter) mistakes() {
	for _, p := range r.problems {
		switch {
		case p.Unsure:
		case p.Unattached:
			r.report(finding{id: "RL102", pos: p.Pos, message: p.Message, fix: r.join(p.Pos)})
		default:
			r.report(finding{id: "RL103", pos: p.Pos, message: p.Message, fix: r.respell(p)})
		}
	}
}

// respell replaces what was misspelled.
func (r *reporter) respell(p directive.Problem) *analysis.SuggestedFix {
	if p.Written == "" {
		return nil
	}
	rest := r.restOfLine(p.Pos)
	at := strings.Index(rest, p.Written)
	if at < 0 {
		return nil
	}
	begin := p.Pos + token.Pos(at)
	return replacing("Write "+p.Right, begin, begin+token.Pos(len(p.Written)), p.Right)
}

// restOfLine gives the source from a position to the end of its line.
func (r *reporter) restOfLine(pos token.Pos) string {
	src := r.sourceFrom(pos)
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

// sourceFrom gives the source from a position on, nil where the file cannot be read as it was parsed.
func (r *reporter) sourceFrom(pos token.Pos) []byte {
	file := r.Fset.File(pos)
	if file == nil {
		return nil
	}
	src, err := r.ReadFile(file.Name())
	if err != nil || len(src) != file.Size() {
		return nil
	}
	return src[file.Offset(pos):]
}

// join moves a directive to the declaration below it, where only blank lines lie between.
func (r *reporter) join(pos token.Pos) *analysis.SuggestedFix {
	file := r.fileOf(pos)
	if file == nil {
		return nil
	}
	var comment *ast.CommentGroup
	for _, group := range file.Comments {
		if group.Pos() <= pos && pos < group.End() {
			comment = group
		}
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || comment == nil || fn.Pos() < comment.End() {
			continue
		}
		begin := fn.Pos()
		if fn.Doc != nil {
			begin = fn.Doc.Pos()
		}
		between := r.sourceFrom(comment.End())
		if gap := int(begin - comment.End()); gap > len(between) || len(bytes.TrimSpace(between[:gap])) > 0 {
			return nil
		}
		return replacing("Join the directive with the function below", comment.End(), begin, "\n")
	}
	return nil
}

// checkIgnores reports comments that silence nothing, or do not say why. It runs when all other checks have.
func (r *reporter) checkIgnores() {
	for _, i := range r.ignores {
		remove := replacing("Delete the comment", i.comment, i.end, "")
		bad := finding{id: "RL001", pos: i.comment, end: i.end, fix: remove}
		switch {
		case !wellFormed(i.ids):
			bad.message = "want //retry:ignore RL301 and the reason, with the identifiers of checks"
		case i.reason == "":
			bad.message = fmt.Sprintf("say why %s is ignored here: //retry:ignore %s the reason", strings.Join(i.ids, " and "), strings.Join(i.ids, ","))
			bad.fix = nil
		case !i.used.Load() && allEnabled(i.ids):
			bad.message = fmt.Sprintf("nothing to ignore: %s is not found on this line or the next", strings.Join(i.ids, " or "))
		default:
			continue
		}
		r.report(bad)
	}
}

func wellFormed(ids []string) bool {
	for _, id := range ids {
		if _, ok := LookUp(id); !ok || !idPattern.MatchString(id) {
			return false
		}
	}
	return true
}

// allEnabled reports whether checks are switched on: one that is off finds nothing for a comment to silence.
func allEnabled(ids []string) bool {
	for _, id := range ids {
		if on := switches[id]; on == nil || !*on {
			return false
		}
	}
	return true
}
