package policy

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode"
)

// Name is a name as it was written: "fn", ".method", "pkg.Fn", "value.Method", "net/http.ErrServerClosed".
type Name string

// String returns the name as messages show it.
func (n Name) String() string { return Shown(string(n)) }

func (n Name) text() string { return string(n) }

// OfReceiver reports whether the name is a member of the receiver, which has a leading dot.
func (n Name) OfReceiver() bool { return strings.HasPrefix(string(n), ".") }

// ErrorName is an entry of on= or except=.
type ErrorName struct {
	Pointer bool // written with a star
	Name    Name

	Called   bool // it is not an entry, but the function in a call
	Argument bool // it is not an entry, but an argument in a call
}

// String returns the entry as messages show it.
func (e ErrorName) String() string { return Shown(e.text()) }

func (e ErrorName) text() string {
	if e.Pointer {
		return "*" + string(e.Name)
	}
	return string(e.Name)
}

// parseName checks that Go could resolve a name: an identifier, an identifier in a package or of a value, a member of
// the receiver, or a full path.
func parseName(text string) (Name, error) {
	at := strings.LastIndexByte(text, '/')
	if at < 0 {
		return parsePlain(text)
	}
	path, rest := text[:at], text[at+1:]
	if path == "" || strings.Contains(path, "//") || strings.IndexFunc(path, notInPath) >= 0 {
		return "", notName(text)
	}
	parts := strings.Split(rest, ".")
	if len(parts) == 1 {
		return "", fmt.Errorf("%s is an import path without a name; want path.Name", Quoted(text))
	}
	for _, part := range parts[:len(parts)-1] {
		if part == "" || strings.IndexFunc(part, notInPath) >= 0 {
			return "", fmt.Errorf("%s is not a name; want path.Name", Quoted(text))
		}
	}
	if !token.IsIdentifier(parts[len(parts)-1]) {
		return "", notName(text)
	}
	return Name(text), nil
}

// parsePlain reads a name without a slash.
func parsePlain(text string) (Name, error) {
	parts := strings.Split(strings.TrimPrefix(text, "."), ".")
	for i, part := range parts {
		if !token.IsIdentifier(part) && (i == len(parts)-1 || !plausible(part)) {
			return "", notName(text)
		}
	}
	return Name(text), nil
}

// parseOperand reads a name that stands for a number, which the constants that Go predeclares do not.
func parseOperand(text string) (Name, error) {
	if numeric(text) || slices.Contains([]string{"true", "false", "iota", "nil"}, text) {
		return "", notName(text)
	}
	return parseName(text)
}

func notName(text string) error {
	return fmt.Errorf("%s is not a name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed", Quoted(text))
}

// plausible reports whether a part that is not an identifier may be a piece of an import path without a slash, such as
// the first part of "yaml-go.v3.Name".
func plausible(part string) bool {
	return part != "" && strings.IndexFunc(part, notInPath) < 0 && !unicode.IsDigit(rune(part[0]))
}

func notInPath(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-~/+", r)
}

// predeclared lists the names that the language declares.
var predeclared = strings.Fields(`any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64
	int8 rune string uint uint16 uint32 uint64 uint8 uintptr true false iota nil append cap clear close complex copy delete
	imag len make max min new panic print println real recover`)

func parseIdentifier(text string) (string, error) {
	switch {
	case !token.IsIdentifier(text) || text == "_":
		return "", errors.New("want a Go identifier that is not a keyword")
	case slices.Contains(predeclared, text):
		return "", errors.New("the name is predeclared in Go; choose another")
	}
	return text, nil
}

func parseErrors(text string) ([]ErrorName, error) {
	var list []ErrorName
	for entry := range strings.SplitSeq(text, ",") {
		if entry == "" {
			return nil, errors.New("an entry of the list is empty; want errors with commas between them")
		}
		name, pointer := strings.CutPrefix(entry, "*")
		parsed, err := parseName(name)
		if err != nil {
			return nil, err
		}
		list = append(list, ErrorName{Pointer: pointer, Name: parsed})
	}
	return list, nil
}

func printErrors(list []ErrorName) string {
	var entries []string
	for _, entry := range list {
		entries = append(entries, entry.text())
	}
	return strings.Join(entries, ",")
}
