package generator

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// own reports whether a file is retrygen's own, so that a run may overwrite or remove it: its name is one that
// retrygen chooses, the header is a line comment of its own above everything but comments, and it holds no
// directive. What a file only quotes, in a string, a block comment or below its package clause, does not count.
//
// Every part of retrygen asks this function. It reads bytes, because a generated file need not parse: one with
// conflict markers is still retrygen's own.
func own(name string, src []byte) bool {
	_, ok := headerOffset(name, src)
	return ok
}

// headerOffset returns where the header begins in a file that is retrygen's own.
func headerOffset(name string, src []byte) (offset int, ok bool) {
	if sourceOf(name) == "" || !bytes.Contains(src, []byte(directive.Header)) {
		return 0, false
	}
	file := token.NewFileSet().AddFile(name, -1, len(src))
	var s scanner.Scanner
	s.Init(file, blankMarkers(src), func(token.Position, string) {}, scanner.ScanComments)
	offset = -1
	for leading := true; ; {
		pos, tok, text := s.Scan()
		switch {
		case tok == token.EOF:
			return offset, offset >= 0
		case tok != token.COMMENT:
			leading = false
		case isDirective(text):
			return 0, false
		case leading && offset < 0 && text == directive.Header && startsLine(src, file.Offset(pos)):
			offset = file.Offset(pos)
		}
		if !leading && offset < 0 {
			return 0, false
		}
	}
}

func startsLine(src []byte, offset int) bool {
	return offset == 0 || src[offset-1] == '\n' || string(src[:offset]) == "\ufeff"
}

func isDirective(comment string) bool {
	d, ok := ast.ParseDirective(token.NoPos, comment)
	return ok && d.Tool == directive.Tool
}

// blankMarkers blanks the lines that a merge conflict leaves in a file.
func blankMarkers(src []byte) []byte {
	out := src
	at := 0
	for line := range bytes.Lines(src) {
		for _, marker := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
			if bytes.HasPrefix(line, []byte(marker)) {
				if &out[0] == &src[0] {
					out = bytes.Clone(src)
				}
				blank(out[at : at+len(line)])
			}
		}
		at += len(line)
	}
	return out
}

// sourceOf returns the name of the source file that a generated file belongs to, "" for a name that retrygen does
// not choose.
func sourceOf(name string) string {
	stem, suffix := splitName(name)
	stem, ok := strings.CutSuffix(stem, "_retry")
	if source := stem + suffix + ".go"; ok && stem != "" && target(source) == name {
		return source
	}
	return ""
}
