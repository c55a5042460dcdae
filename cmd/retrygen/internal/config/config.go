// Package config finds retry policies in configuration files: texts of options at keys called retry, or at keys that the user
// names. It reads YAML, TOML and JSON, and knows where each character of a value stands in its file, in whatever way the value
// is quoted:
//
//	found, err := config.Find("app.yaml", text, nil)
//	for _, v := range found.Values {
//		p, problems := policy.ParseValue(v.Text, 0)
//		for _, problem := range problems {
//			fmt.Println(v.Position(problem.Pos), problem.Message) // app.yaml:12:18 unknown option "dealy": did you mean "delay"?
//		}
//	}
package config

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Value is a text at a key that a policy is expected at.
type Value struct {
	Key  string // "http.retry"; an entry of a list by its index
	Text string

	// Override reports whether the key is the name of a task, such as pricing.FetchPrice. Then the text changes what a
	// directive says, and need not say all.
	Override bool

	source  *source
	offsets []int // where each byte of the text, and its end, stands in the file
}

// Position returns where a byte of the text stands in the file.
func (v *Value) Position(offset int) token.Position {
	return v.source.position(v.offsets[min(max(offset, 0), len(v.Text))])
}

// Other is what stands at a key that the user has named, but is not a text.
type Other struct {
	Key  string
	What string // "a number"
	Keys bool   // it has keys of its own
	Pos  token.Position
}

// Found is what a file has.
type Found struct {
	Values    []Value
	Others    []Other
	Unmatched []string // keys that the user has named and that the file does not have
	Branch    string   // the first key that is called retry and has keys of its own, "" for none
}

// Error is the error of a file that cannot be read as what it is.
type Error struct {
	Pos     token.Position // the line alone where no more is known
	Message string
}

// Error returns the position and the message.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

// formats are the ways in which files are written, by extension.
var formats = map[string]func(*walk) error{".yaml": readYAML, ".yml": readYAML, ".toml": readTOML, ".json": readJSON}

// Find finds policies in the text of a file, whose format its name says. Keys are those to look at; without any, those that are
// called retry. The error is an [*Error] if the file is not well-formed.
func Find(name string, text []byte, keys []string) (*Found, error) {
	read := formats[strings.ToLower(filepath.Ext(name))]
	if read == nil {
		return nil, fmt.Errorf("%s: want a file that ends in .yaml, .yml, .toml or .json", name)
	}
	s := &source{name: name, text: text}
	if at := invalid(text); at >= 0 {
		return nil, &Error{s.position(at), "the file is not UTF-8"}
	}
	w := &walk{source: s, keys: newKeys(keys), found: &Found{}}
	if err := read(w); err != nil {
		return nil, err
	}
	w.found.Unmatched = w.keys.unmatched()
	slices.SortStableFunc(w.found.Values, func(a, b Value) int { return a.offsets[0] - b.offsets[0] })
	slices.SortStableFunc(w.found.Others, func(a, b Other) int { return a.Pos.Offset - b.Pos.Offset })
	return w.found, nil
}

// invalid returns the offset of the first byte that is not UTF-8, -1 for none.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// source is a file.
type source struct {
	name  string
	text  []byte
	lines []int // where lines begin
}

// position returns a position as Go has them: lines and columns from 1, columns in bytes.
func (s *source) position(offset int) token.Position {
	if s.lines == nil {
		s.lines = []int{0}
		for i, c := range s.text {
			if c == '\n' {
				s.lines = append(s.lines, i+1)
			}
		}
	}
	offset = min(max(offset, 0), len(s.text))
	line, exact := slices.BinarySearch(s.lines, offset)
	if exact {
		line++
	}
	return token.Position{Filename: s.name, Offset: offset, Line: line, Column: offset - s.lines[line-1] + 1}
}

// walk is one walk through the tree of a file.
type walk struct {
	*source
	keys  *keys
	found *Found
	seen  map[int]bool // where the texts begin that have been found
}

// scalar is a leaf of the tree.
type scalar struct {
	what  string // "a number"; "" for a text
	text  string
	begin int // where the text begins behind its quotes; where anything else begins

	decode decoder // how the text is written
}

// wants reports whether a policy is expected at a path.
func (w *walk) wants(at *path) bool {
	wanted, _ := w.keys.want(at)
	return wanted
}

// leaf looks at a leaf. A text that several keys share is found at the first.
func (w *walk) leaf(path *path, s scalar) {
	wanted, named := w.keys.want(path)
	switch {
	case !wanted || s.what == "nothing" || s.what == "" && w.seen[s.begin]:
	case s.what == "":
		if w.seen == nil {
			w.seen = map[int]bool{}
		}
		w.seen[s.begin] = true
		w.found.Values = append(w.found.Values, Value{
			Key: path.String(), Text: s.text, Override: path.isTask(), source: w.source,
			offsets: align(s.text, w.text, s.begin, s.decode),
		})
	case named:
		w.found.Others = append(w.found.Others, Other{Key: path.String(), What: s.what, Pos: w.position(s.begin)})
	}
}

// branch looks at something with keys of its own.
func (w *walk) branch(path *path, what string, begin int) {
	switch wanted, named := w.keys.want(path); {
	case !wanted:
	case !named:
		w.found.Branch = cmp.Or(w.found.Branch, path.String())
	default:
		w.found.Others = append(w.found.Others, Other{Key: path.String(), What: what, Keys: true, Pos: w.position(begin)})
	}
}
