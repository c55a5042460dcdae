package policy

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
	"unicode"
)

// parseName checks that Go could resolve a name: an identifier, one in a package or of a value, a member of the
// receiver, or a full path.
func parseName(text string) (Name, error) {
	path, rest := "", text
	if at := strings.LastIndexByte(text, '/'); at >= 0 {
		path, rest = text[:at], text[at+1:]
		if path == "" || strings.Contains(path, "//") || strings.IndexFunc(path, notInPath) >= 0 {
			return "", fmt.Errorf("%q is no name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed", text)
		}
		_, _, dotted := strings.Cut(rest, ".")
		if !dotted {
			return "", fmt.Errorf("%q is an import path without a name; want path.Name", text)
		}
	} else {
		rest = strings.TrimPrefix(rest, ".")
	}
	parts := strings.Split(rest, ".")
	for i, part := range parts {
		if path != "" && i < len(parts)-1 {
			if part == "" || strings.IndexFunc(part, notInPath) >= 0 {
				return "", fmt.Errorf("%q is no name; want path.Name", text)
			}
			continue
		}
		if !token.IsIdentifier(part) && !plausible(part, len(parts) > 1 && i < len(parts)-1) {
			return "", fmt.Errorf("%q is no name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed", text)
		}
	}
	return Name(text), nil
}

// plausible reports whether a part that is no identifier may be a piece of an import path without a slash, such as
// the first of "yaml-go.v3.Name".
func plausible(part string, before bool) bool {
	return before && part != "" && strings.IndexFunc(part, notInPath) < 0 && !unicode.IsDigit(rune(part[0]))
}

func notInPath(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-~/+", r)
}

func printName(n Name) string { return string(n) }

func parseIdentifier(text string) (string, error) {
	if !token.IsIdentifier(text) || text == "_" {
		return "", errors.New("want a Go identifier that is no keyword")
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
		list = append(list, ErrorName{pointer, parsed})
	}
	return list, nil
}

func printErrors(list []ErrorName) string {
	var entries []string
	for _, entry := range list {
		entries = append(entries, entry.String())
	}
	return strings.Join(entries, ",")
}

// Nearest finds the known word that a misspelt one is likely to mean: at most a third of its letters away, counting
// swapped neighbours as one change.
func Nearest(word string, known []string) (string, bool) {
	best, least := "", len([]rune(word))/3+1
	if len([]rune(word)) < 3 {
		least = 2
	}
	for _, candidate := range known {
		if candidate == word {
			continue
		}
		if d := distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(candidate))); d < least || d == least && best == "" && d == 1 {
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
