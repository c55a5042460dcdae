package check

import (
	"bytes"
	"go/token"
	"strings"
)

// sources are the files that have been read, nil for one that cannot be read as it was parsed.
var sources = Share(func(*Pass) map[string][]byte { return map[string][]byte{} })

// SourceFrom returns the source from a position on, nil where the file cannot be read as it was parsed.
func (p *Pass) SourceFrom(pos token.Pos) []byte {
	file := p.Fset.File(pos)
	if file == nil {
		return nil
	}
	known := sources.Of(p)
	src, ok := known[file.Name()]
	if !ok {
		var err error
		if src, err = p.ReadFile(file.Name()); err != nil || len(src) != file.Size() {
			src = nil
		}
		known[file.Name()] = src
	}
	if src == nil {
		return nil
	}
	return src[file.Offset(pos):]
}

// RestOfLine returns the source from a position to the end of its line.
func (p *Pass) RestOfLine(pos token.Pos) string {
	line, _, _ := bytes.Cut(p.SourceFrom(pos), []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

// Word returns the option of a directive that stands at a position.
func (p *Pass) Word(pos token.Pos) string {
	rest := p.RestOfLine(pos)
	if at := strings.IndexAny(rest, " \t\"`"); at >= 0 {
		rest = rest[:at]
	}
	return rest
}

// WordEnd returns the position behind the option at a position.
func (p *Pass) WordEnd(pos token.Pos) token.Pos { return pos + token.Pos(len(p.Word(pos))) }
