package analyzer

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

// Check documents one check.
type Check struct {
	ID       string // "RL301"
	Title    string // what it finds, in a few words
	Analyzer string // the name of its analyzer
	Optional bool   // it is off unless its flag switches it on
	Since    string // the version that brought it
	Fix      string // what -fix does about it, "" for nothing
	Why      string // paragraphs
	Bad      string // a Go file on which it reports
	Good     string // the same as it should be
}

//go:embed catalogue/*.txtar
var catalogue embed.FS

// Checks lists all checks by their identifiers.
func Checks() []Check { return slices.Clone(checks()) }

// LookUp finds a check by its identifier, in letters of either case.
func LookUp(id string) (Check, bool) {
	at, ok := slices.BinarySearchFunc(checks(), strings.ToUpper(id), func(c Check, id string) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return Check{}, false
	}
	return checks()[at], true
}

var checks = sync.OnceValue(func() []Check {
	entries, err := catalogue.ReadDir("catalogue")
	if err != nil {
		panic(err) // it is part of the program
	}
	var list []Check
	for _, entry := range entries {
		text, err := catalogue.ReadFile(path.Join("catalogue", entry.Name()))
		if err != nil {
			panic(err)
		}
		check, err := parseCheck(strings.TrimSuffix(entry.Name(), ".txtar"), txtar.Parse(text))
		if err != nil {
			panic(fmt.Sprintf("catalogue/%s: %v", entry.Name(), err))
		}
		list = append(list, check)
	}
	return list
})

// parseCheck reads one page of the catalogue: lines of "key: value", an empty line, prose; then the files bad.go and
// good.go.
func parseCheck(id string, page *txtar.Archive) (Check, error) {
	check := Check{ID: id}
	head, why, _ := strings.Cut(string(page.Comment), "\n\n")
	check.Why = strings.TrimSpace(why)
	for line := range strings.Lines(head + "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "title":
			check.Title = value
		case "analyzer":
			check.Analyzer = value
		case "since":
			check.Since = value
		case "fix":
			check.Fix = value
		case "default":
			check.Optional = value == "off"
		default:
			return check, fmt.Errorf("unknown key %q", key)
		}
	}
	for _, f := range page.Files {
		switch f.Name {
		case "bad.go":
			check.Bad = string(f.Data)
		case "good.go":
			check.Good = string(f.Data)
		default:
			return check, fmt.Errorf("unknown file %q", f.Name)
		}
	}
	if check.Title == "" || check.Analyzer == "" || check.Since == "" || check.Why == "" || check.Bad == "" || check.Good == "" {
		return check, fmt.Errorf("a part is missing")
	}
	return check, nil
}

// page is where the checks are documented.
const page = "https://github.com/retrygen/retrygen/blob/main/docs/checks.md"

// URL is the address of the check's documentation.
func (c Check) URL() string { return page + "#" + strings.ToLower(c.ID) }
