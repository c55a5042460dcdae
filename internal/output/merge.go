package output

import (
	"bytes"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/format"
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"

	"github.com/retrygen/retrygen/internal/directive"
)

var (
	bom  = []byte("\ufeff")
	crlf = []byte("\r\n")
	lf   = []byte("\n")
)

// Merge returns what a generated file should hold. Text is what was rendered, old the file that is there, nil if
// there is none. The lines above the header of the old file, usually a licence, are kept; a licence that is not
// empty replaces them. The old file keeps its line ends, and a new one has the line ends of its source.
func Merge(name string, old, text, source []byte, licence string) []byte {
	model := source
	if old != nil {
		model = old
		if licence == "" {
			licence = kept(name, old)
		}
	}
	merged := append([]byte(licence), text...)
	if hasCRLF(model) {
		return bytes.ReplaceAll(merged, lf, crlf)
	}
	return merged
}

// Same reports whether two files have the same content: line ends and a byte order mark do not count.
func Same(a, b []byte) bool { return bytes.Equal(Plain(a), Plain(b)) }

// Plain returns a text with LF line ends and without a byte order mark.
func Plain(text []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(text, bom), crlf, lf)
}

// hasCRLF reports whether the first line of a file ends in CRLF.
func hasCRLF(text []byte) bool {
	first := bytes.IndexByte(text, '\n')
	return first > 0 && text[first-1] == '\r'
}

// kept returns the lines above the header of a generated file, without what a merge conflict left there and without
// build constraints, which follow the source.
func kept(name string, old []byte) string {
	if bytes.HasPrefix(old, []byte(directive.Header)) {
		return ""
	}
	offset, ok := headerOffset(name, old)
	if !ok {
		return ""
	}
	before := string(Plain(old[:offset]))
	lines := withoutConstraints(resolve(before))
	switch {
	case lines == before:
		return before
	case strings.TrimSpace(lines) == "":
		return ""
	}
	return strings.TrimRight(lines, "\n") + "\n\n"
}

// resolve takes the first side of each merge conflict, or the second where the first has no text.
func resolve(text string) string {
	var out, ours, theirs strings.Builder
	side := &out
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "<<<<<<<"):
			side = &ours
		case side == &out:
			out.WriteString(line)
		case strings.HasPrefix(line, "|||||||"):
			side = &strings.Builder{} // what both sides began with
		case strings.HasPrefix(line, "======="):
			side = &theirs
		case strings.HasPrefix(line, ">>>>>>>"):
			out.WriteString(pick(&ours, &theirs))
			side = &out
		default:
			side.WriteString(line)
		}
	}
	return out.String() + pick(&ours, &theirs)
}

// pick empties two sides of a conflict, and returns the first that has text.
func pick(ours, theirs *strings.Builder) string {
	first, second := ours.String(), theirs.String()
	ours.Reset()
	theirs.Reset()
	if strings.TrimSpace(first) == "" {
		return second
	}
	return first
}

// withoutConstraints removes the lines of comments that are build constraints.
func withoutConstraints(text string) string {
	var out strings.Builder
	at := 0
	for offset, comment := range comments([]byte(text)) {
		if constraint.IsGoBuild(comment) || constraint.IsPlusBuild(comment) {
			out.WriteString(text[at:offset])
			at = offset + len(comment)
			at += len(text[at:]) - len(strings.TrimPrefix(text[at:], "\n"))
		}
	}
	return out.String() + text[at:]
}

// comments goes through the comments of a text that holds nothing else, with their offsets. It ends at anything else.
func comments(text []byte) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		file := token.NewFileSet().AddFile("", -1, len(text))
		var s scanner.Scanner
		s.Init(file, text, func(token.Position, string) {}, scanner.ScanComments)
		for {
			pos, tok, comment := s.Scan()
			if tok != token.COMMENT || !yield(file.Offset(pos), comment) {
				return
			}
		}
	}
}

// Licence returns a text as comment lines to be put above the header of generated files, with a blank line below. A
// text that is not made of comments becomes one. Text that would mean something in a Go file is refused.
func Licence(text []byte) (string, error) {
	plain := strings.TrimSpace(string(Plain(text)))
	switch {
	case plain == "":
		return "", errors.New("it holds no text")
	case !utf8.ValidString(plain) || strings.ContainsRune(plain, 0):
		return "", errors.New("it is not a text")
	}
	if !onlyComments(plain) {
		var lines strings.Builder
		for line := range strings.SplitSeq(plain, "\n") {
			lines.WriteString(strings.TrimRight("// "+line, " \t\r") + "\n")
		}
		plain = lines.String()
	}
	formatted, err := format.Source([]byte(plain + "\n\npackage p\n"))
	if err != nil {
		return "", err
	}
	licence := strings.TrimSuffix(string(formatted), "package p\n")
	for _, comment := range comments([]byte(licence)) {
		if err := meaningful(comment); err != nil {
			return "", err
		}
	}
	return licence, nil
}

// onlyComments reports whether a text is made of comments alone.
func onlyComments(text string) bool {
	var errs scanner.ErrorList
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), errs.Add, scanner.ScanComments)
	for {
		switch _, tok, _ := s.Scan(); tok {
		case token.COMMENT:
		case token.EOF:
			return len(errs) == 0
		default:
			return false
		}
	}
}

// meaningful returns an error for a comment that Go tools or retrygen read.
func meaningful(comment string) error {
	switch {
	case constraint.IsGoBuild(comment), constraint.IsPlusBuild(comment):
		return fmt.Errorf("%q is a build constraint; generated files have the constraint of their source", comment)
	case comment == directive.Header:
		return fmt.Errorf("%q is the line that begins what retrygen writes", comment)
	case strings.HasPrefix(comment, "//line "), strings.HasPrefix(comment, "/*line "):
		return fmt.Errorf("%q is a line directive", comment)
	}
	if _, ok := parseDirective(comment); ok {
		return fmt.Errorf("%q is a directive", comment)
	}
	return nil
}
