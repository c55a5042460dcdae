package load

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path/filepath"
)

// parse parses a source file, without function bodies. It finds the declarations of a file that is just being written,
// too: errors inside a body are for the compiler to report.
func parse(fset *token.FileSet, dir string, s *Source) (*ast.File, error) {
	return parseWith(parser.ParseComments, fset, dir, s)
}

// parseWith parses a source file in a mode of the parser.
func parseWith(mode parser.Mode, fset *token.FileSet, dir string, s *Source) (*ast.File, error) {
	mode |= parser.SkipObjectResolution
	path := filepath.Join(dir, s.Name)
	short := withoutBodies(s.Src)
	file, err := parser.ParseFile(fset, path, short, mode)
	if err == nil {
		return file, nil
	}
	if len(short) > 0 && &short[0] != &s.Src[0] {
		file, err = parser.ParseFile(fset, path, s.Src, mode) // for positions that do not depend on what was left out
	}
	if whole, other := parser.ParseFile(fset, path, blankBodies(s.Src), mode); other == nil {
		return whole, nil
	}
	if file != nil && file.Name == nil {
		file = nil
	}
	return file, err
}

// blankBodies replaces the inside of every top-level function's body by spaces. It relies on the layout of gofmt: a
// function begins at the left margin, and so does the brace that ends it. Offsets and lines stay the same.
func blankBodies(src []byte) []byte {
	out := bytes.Clone(src)
	lines := bytes.SplitAfter(out, []byte("\n"))
	var open []byte // the line whose brace opened the present body
	for i, line := range lines {
		switch {
		case open == nil:
			if bytes.HasPrefix(line, []byte("func ")) && bytes.HasSuffix(bytes.TrimSpace(line), []byte("{")) {
				open = line
			}
		case bytes.HasPrefix(line, []byte("}")):
			open = nil
		case atMargin(line):
			closeBody(lines[i-1], open)
			open = nil
			if bytes.HasPrefix(line, []byte("func ")) && bytes.HasSuffix(bytes.TrimSpace(line), []byte("{")) {
				open = line
			}
		default:
			blank(line)
		}
	}
	if open != nil {
		closeBody(lines[len(lines)-1], open)
	}
	return out
}

// atMargin reports whether a line begins another declaration or its comment.
func atMargin(line []byte) bool {
	for _, word := range []string{"func ", "type ", "var ", "const ", "//"} {
		if bytes.HasPrefix(line, []byte(word)) {
			return true
		}
	}
	return false
}

func blank(line []byte) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
}

// closeBody ends a body that has no end of its own, in the blank line last or, where that has no room, by opening
// none.
func closeBody(last, open []byte) {
	if i := bytes.IndexByte(last, ' '); i >= 0 && len(bytes.TrimSpace(last)) == 0 {
		last[i] = '}'
		return
	}
	if i := bytes.LastIndexByte(open, '{'); i >= 0 {
		open[i] = ' '
	}
}

// syntaxErrors splits what the parser reports into single positioned errors.
func syntaxErrors(err error) scanner.ErrorList {
	if list, ok := err.(scanner.ErrorList); ok {
		return list
	}
	return scanner.ErrorList{{Msg: err.Error()}}
}
