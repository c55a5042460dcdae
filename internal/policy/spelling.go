package policy

import "strings"

// Misspelling is a suggested correction: replace the first Written at or after the problem's position by Right. The zero
// value suggests nothing.
type Misspelling struct{ Written, Right string }

// MisspelledError is an error that a misspelling explains.
type MisspelledError struct {
	Message string
	Misspelling
}

// Error returns the message.
func (e *MisspelledError) Error() string { return e.Message }

// Nearest returns the known word that a misspelled word is likely to mean: at most a third of its letters away, where
// swapped neighbours count as one change.
func Nearest(word string, known []string) (string, bool) {
	best, least := "", len([]rune(word))/3+1
	switch len([]rune(word)) {
	case 0, 1:
		least = 1 // another letter is another word; only its case may be wrong
	case 2:
		least = 2
	}
	for _, candidate := range known {
		if candidate == word {
			continue
		}
		if d := distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(candidate))); d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

// distance is the optimal string alignment distance (Damerau 1964, restricted to one edit of each substring).
func distance(a, b []rune) int {
	const far = 1 << 20
	if len(a)-len(b) > 8 || len(b)-len(a) > 8 || len(a) > 64 || len(b) > 64 {
		return far
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows[0], rows[1], rows[2] = last, row, before
	}
	return rows[1][len(b)]
}
