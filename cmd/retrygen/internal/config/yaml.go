package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/retrygen/retrygen/internal/policy"
)

// mostAliased is how many nodes may be reached through aliases. Aliases of aliases multiply.
const mostAliased = 100_000

// readYAML walks through the documents of a YAML file.
func readYAML(w *walk) error {
	r := &yamlReader{walk: w, starts: yamlLines(w.text)}
	for decoder := yaml.NewDecoder(bytes.NewReader(w.text)); ; {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return yamlError(w.source, err)
		}
		for _, n := range document.Content {
			r.node(nil, n, 0)
		}
		switch {
		case r.twice != nil:
			return r.twice
		case r.aliased > mostAliased:
			return &Error{w.position(0), "there are too many aliases"}
		}
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// yamlError returns the error of a text that is not YAML, with its line.
func yamlError(s *source, err error) error {
	pos, message := s.position(0), err.Error()
	if parts := yamlLine.FindStringSubmatch(message); parts != nil {
		message = message[len(parts[0]):]
		if line, err := strconv.Atoi(parts[1]); err == nil {
			pos.Line = line
		}
		if parts[1] != "" && strings.HasPrefix(message, "did not find expected") {
			pos.Line++ // the library counts from 0 in what its parser says, and from 1 in what its scanner says
		}
	}
	return &Error{pos, message}
}

// yamlReader reads a tree of nodes.
type yamlReader struct {
	*walk
	starts  []int // where lines begin, as YAML counts them
	aliased int
	twice   error // of the first key that a mapping has twice
}

// node reads a node. Aliases is how many of them have led to it.
func (r *yamlReader) node(at *path, n *yaml.Node, aliases int) {
	if aliases > 0 {
		r.aliased++
	}
	if r.aliased > mostAliased {
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		if aliases < 100 { // an alias may lead to itself
			r.node(at, n.Alias, aliases+1)
		}
	case yaml.MappingNode:
		if r.wants(at) {
			r.branch(at, "a mapping", r.offset(n))
		}
		first := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			r.once(first, n.Content[i])
			r.entry(at, n.Content[i], n.Content[i+1], aliases)
		}
	case yaml.SequenceNode:
		for i, entry := range n.Content {
			r.node(at.to(index(i)), entry, aliases)
		}
	case yaml.ScalarNode:
		if r.wants(at) { // where it stands is not cheap to find out on long lines
			r.leaf(at, r.scalar(n))
		}
	}
}

// once records a key of a mapping. To have one twice is an error in YAML, which the library finds when it fills a value.
func (r *yamlReader) once(first map[string]*yaml.Node, name *yaml.Node) {
	if name.Kind != yaml.ScalarNode || r.twice != nil || name.ShortTag() == "!!merge" {
		return
	}
	id := name.ShortTag() + " " + name.Value
	if before := first[id]; before != nil {
		r.twice = &Error{r.position(r.offset(name)), fmt.Sprintf("%s is a key already, in line %d", policy.Shown(name.Value), before.Line)}
	}
	first[id] = name
}

// entry reads an entry of a mapping. What is merged has the keys of the mapping itself.
func (r *yamlReader) entry(at *path, name, value *yaml.Node, aliases int) {
	switch {
	case name.ShortTag() != "!!merge":
		r.node(at.to(key(name.Value)), value, aliases)
	case value.Kind == yaml.SequenceNode:
		for _, one := range value.Content {
			r.node(at, one, aliases)
		}
	default:
		r.node(at, value, aliases)
	}
}

// whats is what scalars are called, by their tags.
var whats = map[string]string{
	"!!str": "", "!!int": "a number", "!!float": "a number", "!!bool": "a boolean", "!!null": "nothing", "!!timestamp": "a time",
}

func (r *yamlReader) scalar(n *yaml.Node) scalar {
	s := scalar{text: n.Value, begin: r.offset(n), decode: plain}
	what, known := whats[n.ShortTag()]
	if s.what = what; !known {
		s.what = "a value with the tag " + n.ShortTag()
	}
	begin := s.begin + properties(r.text[s.begin:])
	rest := r.text[begin:]
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0 && bytes.HasPrefix(rest, []byte(`"`)):
		s.begin, s.decode = begin+1, escaped
	case n.Style&yaml.SingleQuotedStyle != 0 && bytes.HasPrefix(rest, []byte(`'`)):
		s.begin, s.decode = begin+1, doubled
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		s.begin = begin + block(rest)
	default:
		s.begin = begin
	}
	return s
}

// block returns where the first word of a block stands, behind the line of its header.
func block(text []byte) int {
	end := bytes.IndexAny(text, "\r\n")
	if end < 0 {
		return 0
	}
	return end + len(text[end:]) - len(bytes.TrimLeft(text[end:], " \t\r\n"))
}

// properties returns the length of an anchor, a tag, and the comments and blanks around them.
func properties(text []byte) int {
	at := 0
	for at < len(text) {
		switch c := text[at]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			at++
		case c == '&' || c == '!':
			at += length(text[at:], " \t\r\n")
		case c == '#':
			at += length(text[at:], "\r\n")
		default:
			return at
		}
	}
	return at
}

// length returns the length of a text up to one of some characters.
func length(text []byte, ends string) int {
	if at := bytes.IndexAny(text, ends); at >= 0 {
		return at
	}
	return len(text)
}

// offset returns where a node begins in the file.
func (r *yamlReader) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.starts) {
		return 0
	}
	at := r.starts[n.Line-1]
	for range n.Column - 1 {
		if at >= len(r.text) {
			break
		}
		_, size := utf8.DecodeRune(r.text[at:])
		at += size
	}
	return at
}

// lineEnd matches what ends a line of YAML.
var lineEnd = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// yamlLines returns where lines begin as YAML counts them: a byte order mark counts for nothing.
func yamlLines(text []byte) []int {
	starts := []int{len(text) - len(bytes.TrimPrefix(text, []byte("\ufeff")))}
	for _, at := range lineEnd.FindAllIndex(text, -1) {
		starts = append(starts, at[1])
	}
	return starts
}
