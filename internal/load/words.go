package load

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
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
		for range 2 { // the name behind the path, or a value and its method
			at := strings.LastIndexByte(match, '.')
			if at <= strings.LastIndexByte(match, '/') {
				break
			}
			match = match[:at]
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

// optionsIn returns the strings in a declaration of constants that may hold options.
func optionsIn(decl ast.Decl) []string {
	var list []string
	ast.Inspect(decl, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && strings.Contains(text, "=") {
				list = append(list, text)
			}
		}
		return true
	})
	return list
}
