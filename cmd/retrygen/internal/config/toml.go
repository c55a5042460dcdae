package config

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// readTOML walks through a TOML document.
func readTOML(w *walk) error {
	var all map[string]any
	if err := toml.Unmarshal(w.text, &all); err != nil {
		return tomlError(w.source, err)
	}
	r := &tomlReader{walk: w, tables: map[string]int{}}
	r.parser.Reset(w.text)
	for r.parser.NextExpression() {
		r.expression(r.parser.Expression())
	}
	return nil
}

// tomlError returns the error of a text that is not TOML, with its position.
func tomlError(s *source, err error) error {
	message := strings.TrimPrefix(err.Error(), "toml: ")
	decoding, ok := errors.AsType[*toml.DecodeError](err)
	if !ok {
		return &Error{s.position(0), message}
	}
	line, column := decoding.Position()
	pos := s.position(0)
	pos.Line, pos.Column = line, column
	return &Error{pos, message}
}

// tomlReader reads a text that is known to be TOML.
type tomlReader struct {
	*walk
	parser unstable.Parser
	table  *path          // that key-values stand in
	tables map[string]int // how many tables each array of tables has so far
}

// expression reads a header or a key with its value.
func (r *tomlReader) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table:
		names, begin := r.names(n.Key())
		r.table = r.below(nil, names)
		r.branch(r.table, "a table", begin)
	case unstable.ArrayTable:
		names, begin := r.names(n.Key())
		last := len(names) - 1
		list := r.below(nil, names[:last]).to(key(names[last]))
		r.table = list.to(index(r.tables[list.String()]))
		r.tables[list.String()]++
		r.branch(r.table, "a table", begin)
	case unstable.KeyValue:
		r.keyValue(r.table, n)
	}
}

// below returns the path of keys below another path. An array of tables means its latest table.
func (r *tomlReader) below(at *path, names []string) *path {
	for _, name := range names {
		at = at.to(key(name))
		if n := r.tables[at.String()]; n > 0 {
			at = at.to(index(n - 1))
		}
	}
	return at
}

// names returns the parts of a key, and where it begins.
func (r *tomlReader) names(keys unstable.Iterator) (names []string, begin int) {
	begin = -1
	for keys.Next() {
		n := keys.Node()
		if begin < 0 {
			begin = int(n.Raw.Offset)
		}
		names = append(names, string(n.Data))
	}
	return names, max(begin, 0)
}

func (r *tomlReader) keyValue(at *path, n *unstable.Node) {
	names, begin := r.names(n.Key())
	for _, name := range names {
		at = at.to(key(name))
	}
	r.value(at, n.Value(), begin)
}

// value reads a value. It is reported at its key where its own position is not known.
func (r *tomlReader) value(at *path, n *unstable.Node, begin int) {
	if n.Raw.Length > 0 {
		begin = int(n.Raw.Offset)
	}
	switch n.Kind {
	case unstable.String:
		r.text(at, n)
	case unstable.Array:
		children := n.Children()
		for i := 0; children.Next(); i++ {
			r.value(at.to(index(i)), children.Node(), begin)
		}
	case unstable.InlineTable:
		r.branch(at, "a table", begin)
		for children := n.Children(); children.Next(); {
			r.keyValue(at, children.Node())
		}
	case unstable.Bool:
		r.leaf(at, scalar{what: "a boolean", begin: begin})
	case unstable.Integer, unstable.Float:
		r.leaf(at, scalar{what: "a number", begin: begin})
	default:
		r.leaf(at, scalar{what: "a time", begin: begin})
	}
}

// text reads a text in any of the four ways in which TOML quotes.
func (r *tomlReader) text(at *path, n *unstable.Node) {
	begin := int(n.Raw.Offset)
	raw := string(r.walk.text[begin : begin+int(n.Raw.Length)])
	s := scalar{text: string(n.Data), begin: begin + 1, decode: plain}
	if strings.HasPrefix(raw, `"""`) || strings.HasPrefix(raw, "'''") {
		s.begin += 2
	}
	if strings.HasPrefix(raw, `"`) {
		s.decode = escaped
	}
	r.leaf(at, s)
}
