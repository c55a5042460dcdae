package load

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var (
	// dottedPattern finds a name before a dot, which may be that of an import.
	dottedPattern = regexp.MustCompile(`([\pL_][\pL_\pN]*)\.`)
	// pathPattern finds a name behind an import path.
	pathPattern = regexp.MustCompile(`[\w~+\-.]+(?:/[\w~+\-.]+)+`)
)

// usagesIn lists what a text with options may mean by its names: imports, and packages by their paths.
func usagesIn(f *file, text string) []usage {
	var list []usage
	for _, match := range dottedPattern.FindAllStringSubmatch(text, -1) {
		list = append(list, usage{file: f, reference: reference{base: match[1]}, named: true})
	}
	for _, match := range pathPattern.FindAllString(text, -1) {
		for at := strings.LastIndexByte(match, '.'); at > strings.LastIndexByte(match, '/'); at = strings.LastIndexByte(match, '.') {
			match = match[:at] // a path, or a path and what is selected before the last name
			list = append(list, usage{reference: reference{name: match}, named: true})
		}
	}
	return list
}

// directivesOf lists what the directives of a file may mean.
func directivesOf(f *file) []usage {
	var list []usage
	for _, d := range directive.All(f.syntax) {
		for _, u := range usagesIn(f, d.Args) {
			u.sure = u.base == ""
			list = append(list, u)
		}
	}
	return list
}

// optionsPattern matches a text that may be options, or a piece of them.
var optionsPattern = regexp.MustCompile(`^\s*([a-z]*=\S*\s*|[a-z]+\s+|[a-z]+$)*$`)

// memberPattern finds what may be a name among options: it stands behind a sign, as no option's own name and no unit does.
var memberPattern = regexp.MustCompile(`[=,.(*\[/]([\pL_][\pL_\pN]*)`)

// addWords adds the names in a unit's directives, and in constants that may hold options.
func (r *Run) addWords(u *Unit) {
	add := func(text string) {
		for _, match := range memberPattern.FindAllStringSubmatch(text, -1) {
			r.words[match[1]] = true
		}
	}
	for _, s := range u.Sources {
		for _, d := range directive.All(s.File) {
			add(d.Args)
		}
		for _, decl := range s.File.Decls {
			if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.CONST {
				for _, text := range optionsIn(group) {
					add(text)
				}
			}
		}
	}
}

// nearWord reports whether a method has the name of a word in a directive, or one that a message may suggest in its place.
func (r *Run) nearWord(name string) bool {
	if r.words[name] {
		return true
	}
	for word := range r.words {
		if _, near := policy.Nearest(word, []string{name}); near {
			return true
		}
	}
	return false
}

// optionsIn returns the strings in a declaration of constants that may hold options.
func optionsIn(decl ast.Decl) []string {
	var list []string
	ast.Inspect(decl, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && optionsPattern.MatchString(text) {
				list = append(list, text)
			}
		}
		return true
	})
	return list
}
