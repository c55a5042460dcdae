package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/output"
)

// texts returns the new text of each file that edits change.
func (r *Rewriter) texts(all edits) (map[*ast.File]string, error) {
	texts := map[*ast.File]string{}
	for _, file := range r.Files {
		var own []site.Patch
		for _, p := range all.patches {
			if file.FileStart <= p.Pos && p.Pos <= file.FileEnd {
				own = append(own, p)
			}
		}
		if len(own) == 0 {
			continue
		}
		text, err := r.fileText(file, own, all.imports[file])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Fset.Position(file.Package).Filename, err)
		}
		texts[file] = text
	}
	return texts, nil
}

// fileText applies the patches of a file, adds and removes imports, and formats what was formatted before.
func (r *Rewriter) fileText(file *ast.File, patches []site.Patch, needed map[string]string) (string, error) {
	src := r.Sources[file]
	text := apply(src, file, patches)
	text, err := r.fixImports(file, text, needed)
	if err != nil {
		return "", err
	}
	plain := output.Plain(src)
	if formatted, err := format.Source(plain); err != nil || !bytes.Equal(formatted, plain) {
		return text, nil // the file has a format of its own
	}
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return "", err
	}
	text = string(formatted)
	if first := bytes.IndexByte(src, '\n'); first > 0 && src[first-1] == '\r' {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text, nil
}

// apply applies sorted patches to a source. A patch that removes all of a line removes the line.
func apply(src []byte, file *ast.File, patches []site.Patch) string {
	return applyBetween(src, file, file.FileStart, file.FileEnd, patches)
}

// applyBetween applies the patches between two positions, and returns the text between them.
func applyBetween(src []byte, file *ast.File, pos, end token.Pos, patches []site.Patch) string {
	var out strings.Builder
	src = src[:end-file.FileStart]
	at := int(pos - file.FileStart)
	for _, p := range patches {
		from, to := int(p.Pos-file.FileStart), int(p.End-file.FileStart)
		if p.Text == "" {
			from, to = afterBrace(src)(wholeLines(src, from, to))
		}
		from, to = max(from, at), max(to, at)
		out.Write(src[at:from])
		out.WriteString(p.Text)
		at = to
	}
	out.Write(src[at:])
	return out.String()
}

// wholeLines extends a range to the lines that it stands on, if nothing else does.
func wholeLines(src []byte, from, to int) (int, int) {
	start := bytes.LastIndexByte(src[:from], '\n') + 1
	end := bytes.IndexByte(src[to:], '\n')
	if end < 0 || len(bytes.TrimSpace(src[start:from])) > 0 || len(bytes.TrimSpace(src[to:to+end])) > 0 {
		return from, to
	}
	to += end + 1
	if opens(src[:start]) {
		for to < len(src) && src[to] == '\n' {
			to++ // no empty line behind a brace or another empty line
		}
	}
	return start, to
}

// opens reports whether a text ends in a brace that opens a block, or in an empty line.
func opens(text []byte) bool {
	if bytes.HasSuffix(text, []byte("\n\n")) {
		return true
	}
	last := bytes.TrimSuffix(text, []byte("\n"))
	last = last[bytes.LastIndexByte(last, '\n')+1:]
	code, _, _ := bytes.Cut(last, []byte(" //"))
	return bytes.HasSuffix(code, []byte("{"))
}

// afterBrace extends whole lines that begin a block by the empty line behind them.
func afterBrace(src []byte) func(from, to int) (int, int) {
	return func(from, to int) (int, int) {
		if bytes.HasSuffix(bytes.TrimSpace(src[:from]), []byte("{")) && from > 0 && src[from-1] == '\n' && to < len(src) && src[to] == '\n' {
			return from, to + 1
		}
		return from, to
	}
}
