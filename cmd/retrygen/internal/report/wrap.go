package report

import (
	"strings"
	"unicode"
)

// columns is the room that text takes on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += room(r)
	}
	return n
}

// room is the columns that a rune takes.
func room(r rune) int {
	switch {
	case r <= unicode.MaxASCII:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		r >= 0x3000 && r <= 0x303e, r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
		return 2
	}
	return 1
}

// clean replaces what would move a terminal's cursor.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}

// wrap breaks text at spaces, and words that are too long anywhere. It returns no lines for an empty text.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	flush := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line, used = "", 0
	}
	for _, word := range strings.FieldsFunc(clean(text), func(r rune) bool { return r == ' ' }) {
		need := columns(word)
		if used > 0 && used+1+need > width {
			flush()
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		for ; used+need > width; need = columns(word) {
			head := split(word, width-used)
			line += head
			word = word[len(head):]
			flush()
		}
		line, used = line+word, used+need
	}
	flush()
	return lines
}

// split returns as much of a word as fits, at least a rune; it prefers to end at a comma, a slash or a bracket.
func split(word string, width int) string {
	end, nice, used := 0, 0, 0
	for i, r := range word {
		used += room(r)
		if used > width && i > 0 {
			break
		}
		end = i + len(string(r))
		if strings.ContainsRune(",/[(.|", r) {
			nice = end
		}
	}
	if nice > end/2 {
		return word[:nice]
	}
	return word[:end]
}
