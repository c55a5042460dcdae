// Package output knows the files that retrygen writes: what they are called, which files are its own, and what is kept
// when one is written again.
//
//	name := output.Name("conn_linux.go") // conn_retry_linux.go
//	if old != nil && !output.Own(name, old) {
//		return errors.New(name + " is in the way")
//	}
//	text := output.Merge(name, old, rendered, source, "")
//	if old == nil || !output.Same(old, text) {
//		// It is missing or stale.
//	}
package output

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"

	"github.com/retrygen/retrygen/internal/directive"
)

// Own reports whether a file is retrygen's own, so that a run may overwrite or remove it: its name is one that
// retrygen chooses, the header is a line comment of its own above everything but comments, and it holds no
// directive. What a file only quotes, in a string, a block comment or below its package clause, does not count.
//
// Every part of retrygen asks this function. It reads bytes, because a generated file need not parse: one with
// conflict markers is still retrygen's own.
func Own(name string, src []byte) bool {
	_, ok := headerOffset(name, src)
	return ok
}

// headerOffset returns where the header begins in a file that is retrygen's own.
func headerOffset(name string, src []byte) (offset int, ok bool) {
	if SourceOf(name) == "" || !bytes.Contains(src, []byte(directive.Header)) {
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
	d, ok := parseDirective(comment)
	return ok && d.Tool == directive.Tool
}

func parseDirective(comment string) (ast.Directive, bool) {
	return ast.ParseDirective(token.NoPos, comment)
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

func blank(line []byte) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
}
