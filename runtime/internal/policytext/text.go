package policytext

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// longest is the number of characters of a text that a message shows.
const longest = 200

// Quoted returns a text as messages show it: cut, and with control characters escaped.
func Quoted(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			return strconv.Quote(text[:i] + "…")
		}
	}
	return strconv.Quote(text)
}

// shown is Quoted without quotes.
func shown(text string) string {
	text = Quoted(text)
	return text[1 : len(text)-1]
}

// Position says where an offset is in a text: its column, and its line if the text has several. Both count from 1, columns
// in bytes.
func Position(text string, offset int) string {
	line, column := LineColumn(text, offset)
	if !strings.Contains(text, "\n") {
		return fmt.Sprintf("column %d", column)
	}
	return fmt.Sprintf("line %d, column %d", line, column)
}

// LineColumn returns the line and the column of an offset in a text. Both count from 1, columns in bytes.
func LineColumn(text string, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}

// elsewhere are words of other configurations, without underscores and dashes.
var elsewhere = map[string]string{
	"maxretries": "retries", "count": "retries", "maxattempts": "attempts", "tries": "attempts", "maxtries": "attempts",
	"wait": "delay", "interval": "delay", "backoff": "delay", "maxdelay": "cap", "maxwait": "cap", "maxinterval": "cap",
	"maxbackoff": "cap", "maxelapsedtime": "within", "deadline": "within",
}

// near returns the known word that a misspelled word is likely to mean: a word of another style, or one letter away. It
// returns "" if there is none.
func near(word string, known ...string) string {
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(word))
	if meant := elsewhere[plain]; slices.Contains(known, meant) {
		return meant
	}
	for _, candidate := range known {
		if word != candidate && (plain == candidate || len(plain) > 1 && oneAway(plain, candidate)) {
			return candidate
		}
	}
	return ""
}

// oneAway reports whether one letter that is added, left out, changed or swapped with its neighbour makes a word of
// another.
func oneAway(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
