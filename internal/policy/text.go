package policy

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is the number of characters of an option's text that a message shows.
const longest = 200

// Shown returns a text as messages show it: cut at 200 characters, and with control characters and other characters
// that a terminal does not print escaped as in Go.
func Shown(text string) string {
	var b strings.Builder
	n := 0
	for i, r := range text {
		if n++; n > longest {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			b.WriteString(`\x` + strconv.FormatUint(uint64(text[i]), 16))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			escaped := strconv.QuoteRuneToASCII(r)
			b.WriteString(escaped[1 : len(escaped)-1])
		}
	}
	return b.String()
}

// Quoted returns a text as messages show it, in quotes.
func Quoted(text string) string { return `"` + Shown(text) + `"` }

// requoted replaces a text, quoted or not, in the message of an error by what is to be shown of it.
func requoted(err error, text string) error {
	message := strings.ReplaceAll(err.Error(), strconv.Quote(text), Quoted(text))
	if len(text) > longest {
		message = strings.ReplaceAll(message, text, Shown(text))
	}
	return errors.New(message)
}
