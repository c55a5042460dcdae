package policy

import (
	"strings"
	"unicode"
)

// What is wrong with characters that an editor, a keyboard or a web page put in place of others.
const (
	unseen = "it holds a character that cannot be seen"
	alike  = "letters, digits and signs are those of ASCII"
)

// ascii replaces characters that look like those of ASCII, or like nothing: "１s" is 1s. It says what is wrong, "" if nothing
// is.
func ascii(text string) (plain, why string) {
	plain = strings.Map(func(r rune) rune {
		switch {
		case r < unicode.MaxASCII:
			return r
		case r >= '！' && r <= '～': // as wide as Chinese characters
			why = alike
			return r - '！' + '!'
		case strings.ContainsRune("‐‑‒–—−", r):
			why = alike
			return '-'
		case r == '、':
			why = alike
			return ','
		case unicode.Is(unicode.Zs, r):
			why = unseen
			return ' '
		case unicode.Is(unicode.Cf, r):
			why = unseen
			return -1
		}
		return r
	}, text)
	return plain, why
}
