package directive

import (
	"bytes"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// Meant is a comment that was meant as a directive, but that Go reads as a plain comment or as the directive of another
// tool.
type Meant struct {
	Comment *ast.Comment
	Right   string // the directive
}

// Message says what is wrong with the comment.
func (m Meant) Message() string {
	return "this is not a directive of retrygen, and nothing is generated from it; write " + m.Right
}

// nearPattern matches a comment that is nearly a directive: with spaces, capitals, another name of the tool, without a verb, or as
// a block.
var nearPattern = regexp.MustCompile(
	`(?is)^(?:///?|/\*+)[ \t]*(?:go:|\+|@)?retry(?:gen)?(\s*[:.]\s*|[- ])(?:(task|flow|policy|default|ignore)\b[:,]?)?\s*(.*?)\s*(?:\*/)?$`)

// exactPattern matches what Go takes for a directive of this tool.
var exactPattern = regexp.MustCompile(`^//` + Tool + `:[a-z0-9]`)

// MayBeMeant reports whether a source file may hold a comment that was meant as a directive. It is a cheap look that spares
// files the parser.
func MayBeMeant(src []byte) bool {
	for rest := src; ; {
		at := bytes.Index(rest, []byte("etry"))
		if at < 0 {
			return false
		}
		begin := bytes.LastIndexByte(rest[:at], '\n') + 1
		line, _, _ := bytes.Cut(rest[begin:], []byte("\n"))
		if comment := commentIn(line); comment != nil && !exactPattern.Match(comment) && nearPattern.Match(comment) {
			return true
		}
		rest = rest[at+len("etry"):]
	}
}

// commentIn returns the text of a line from its first comment on, nil if there is none.
func commentIn(line []byte) []byte {
	line = bytes.TrimSpace(line)
	at := bytes.Index(line, []byte("/"))
	for ; at >= 0 && at+1 < len(line); at++ {
		if line[at] == '/' && (line[at+1] == '/' || line[at+1] == '*') {
			return line[at:]
		}
	}
	return nil
}

// AllMeant lists the comments of a file that were meant as directives.
func AllMeant(file *ast.File) []Meant {
	var list []Meant
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if right := correction(file, group, comment); right != "" {
				list = append(list, Meant{comment, right})
			}
		}
	}
	return list
}

// correction returns the directive that a comment was meant as, "" for one that is a directive or was not meant as one.
func correction(file *ast.File, group *ast.CommentGroup, comment *ast.Comment) string {
	if d, ok := ast.ParseDirective(comment.Slash, comment.Text); ok && d.Tool == Tool {
		return ""
	}
	match := nearPattern.FindStringSubmatch(comment.Text)
	if match == nil || strings.Contains(match[3], "\n") {
		return ""
	}
	verb, rest := strings.ToLower(match[2]), match[3]
	colon := strings.TrimSpace(match[1]) == ":"
	if verb == "" {
		if !barePattern.MatchString(rest) || strings.HasPrefix(comment.Text, "//\t") { // indented: a line of a configuration
			return ""
		}
		verb, colon = "task", false
	}
	if !intended(verb, rest) || (rest == "" || !colon) && !documents(file, group) || rest == "" && !colon {
		return ""
	}
	return strings.TrimSpace("//" + Tool + ":" + verb + " " + rest)
}

var (
	optionPattern = regexp.MustCompile(`^[a-z]+=\S+$`)
	barePattern   = regexp.MustCompile(`^(retries|attempts|delay|policy)=\S`) // what a directive without its verb begins with
	checkPattern  = regexp.MustCompile(`^RL[0-9]{3}$`)
)

// intended reports whether the text behind a verb looks like the options of a directive rather than prose.
func intended(verb, rest string) bool {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return verb == "task" || verb == "flow" || verb == "policy"
	}
	switch verb {
	case "default":
		return (words[0] == "task" || words[0] == "flow") && len(words) > 1 && optionPattern.MatchString(words[1])
	case "ignore":
		return checkPattern.MatchString(words[0])
	case "policy":
		return false
	}
	return optionPattern.MatchString(words[0])
}

// documents reports whether a comment group is the doc comment of a declaration.
func documents(file *ast.File, group *ast.CommentGroup) bool {
	return slices.ContainsFunc(file.Decls, func(decl ast.Decl) bool {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			return decl.Doc == group
		case *ast.GenDecl:
			return decl.Doc == group
		}
		return false
	})
}
