package config

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoder reads what stands at the front of a text as it is written: the character that it means, "" for none, and how many
// bytes it takes, at least 1.
type decoder func(written []byte) (char string, size int)

// align returns where each byte of a text, and its end, stands in a file in which the text begins at an offset. White space is
// wherever the file goes on: line breaks and indents may mean blanks, or nothing. If the file does not have the text as it is
// expected, each byte stands at the beginning.
func align(text string, file []byte, begin int, decode decoder) []int {
	offsets, at := make([]int, len(text)+1), begin
	for t := 0; t < len(text); {
		if blank(text[t : t+1]) {
			offsets[t] = at
			t++
			continue
		}
		if at >= len(file) {
			return unaligned(offsets, begin)
		}
		char, size := decode(file[at:])
		if char != "" && !blank(char) {
			if !strings.HasPrefix(text[t:], char) {
				return unaligned(offsets, begin)
			}
			for range len(char) {
				offsets[t] = at
				t++
			}
		}
		at += size
	}
	offsets[len(text)] = at
	return offsets
}

// unaligned says that each byte stands at the beginning.
func unaligned(offsets []int, begin int) []int {
	for i := range offsets {
		offsets[i] = begin
	}
	return offsets
}

func blank(char string) bool { return char == " " || char == "\t" || char == "\n" || char == "\r" }

// plain decodes a text that is written as it is.
func plain(written []byte) (char string, size int) {
	_, size = utf8.DecodeRune(written)
	return string(written[:size]), size
}

// doubled decodes a text in which two quotes are one.
func doubled(written []byte) (char string, size int) {
	if strings.HasPrefix(string(written[:min(2, len(written))]), "''") {
		return "'", 2
	}
	return plain(written)
}

// letters are the characters that one letter behind a backslash means.
var letters = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029", ' ': " ", '\t': "\t", '\n': "", '\r': "",
}

// digitsBehind is how many hexadecimal digits follow a letter behind a backslash.
var digitsBehind = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escaped decodes a text with escapes that begin with a backslash. YAML, TOML and JSON have different ones, but none that
// mean different characters.
func escaped(written []byte) (char string, size int) {
	if written[0] != '\\' || len(written) < 2 {
		return plain(written)
	}
	c := written[1]
	if char, ok := letters[c]; ok {
		return char, 2
	}
	n := digitsBehind[c]
	if n == 0 {
		char, size = plain(written[1:])
		return char, size + 1
	}
	r, ok := hexadecimal(written, 2, n)
	if !ok {
		return "", 1
	}
	size = 2 + n
	if low, ok := hexadecimal(written, size+2, 4); ok && utf16.IsSurrogate(r) && string(written[size:size+2]) == `\u` {
		return string(utf16.DecodeRune(r, low)), size + 6
	}
	return string(r), size
}

// hexadecimal reads digits at an offset.
func hexadecimal(written []byte, at, n int) (rune, bool) {
	if at+n > len(written) {
		return 0, false
	}
	r, err := strconv.ParseUint(string(written[at:at+n]), 16, 32)
	return rune(r), err == nil
}
