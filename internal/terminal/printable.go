package terminal

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Printable returns a text with everything that does not print escaped as in a Go string: control characters, which a
// terminal would obey, characters that change the direction of text, and bytes that are not UTF-8.
func Printable(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch quoted := strconv.Quote(text[:size]); {
		case r == utf8.RuneError && size == 1, !strconv.IsPrint(r):
			out.WriteString(quoted[1 : len(quoted)-1])
		default:
			out.WriteString(text[:size])
		}
		text = text[size:]
	}
	return out.String()
}

// Lines returns a writer that escapes like [Printable], but for line ends and tabs.
func Lines(w io.Writer) io.Writer { return lines{w} }

type lines struct{ w io.Writer }

func (l lines) Write(text []byte) (int, error) {
	var out strings.Builder
	for _, r := range string(text) {
		if r == '\n' || r == '\t' {
			out.WriteRune(r)
			continue
		}
		out.WriteString(Printable(string(r)))
	}
	if _, err := io.WriteString(l.w, out.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}
