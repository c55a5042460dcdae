package check

import (
	_ "embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Page documents one check. It is written as a txtar file: lines of "key: value", an empty line, the reason, and the
// files bad.go and good.go.
type Page struct {
	ID       string // "RL301"
	Title    string // what it finds, in a few words
	Analyzer string // the name of its analyzer
	Optional bool   // it is off by default
	Since    string // the first version that had it
	Fix      string // what -fix does about it, "" for nothing
	Level    string // how bad it is: "error", "warning" or "note"
	Why      string // paragraphs
	Bad      string // a Go file in which it finds something
	Good     string // the same file, corrected
	Judged   int    // findings in public code that somebody has read
	Right    int    // of those, the ones that were right
}

// judged are lines of a check, the number of its findings that have been read, and the number of those that were right. A test
// of package analyzer writes them, from the lists that it keeps.
//
//go:embed judged.txt
var judged string

// readJudged fills in how often a check was right.
func (p *Page) readJudged() {
	for line := range strings.Lines(judged) {
		if id, rest, _ := strings.Cut(line, " "); id == p.ID {
			fmt.Sscan(rest, &p.Judged, &p.Right)
		}
	}
}

// readPage reads the page of a check: the file that is named by its identifier in lower case.
func readPage(pages fs.FS, id string) (Page, error) {
	name := strings.ToLower(id) + ".txtar"
	text, err := fs.ReadFile(pages, name)
	if err != nil {
		return Page{}, err
	}
	page, err := parsePage(id, txtar.Parse(text))
	if err != nil {
		return Page{}, fmt.Errorf("%s: %w", name, err)
	}
	page.readJudged()
	return page, nil
}

func parsePage(id string, archive *txtar.Archive) (Page, error) {
	page := Page{ID: id, Level: "warning"}
	head, why, _ := strings.Cut(string(archive.Comment), "\n\n")
	page.Why = strings.TrimSpace(why)
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if err := page.set(key, value); err != nil {
			return page, err
		}
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "bad.go":
			page.Bad = string(f.Data)
		case "good.go":
			page.Good = string(f.Data)
		default:
			return page, fmt.Errorf("unknown file %q", f.Name)
		}
	}
	return page, page.complete()
}

// set sets what a line of the page's head says.
func (p *Page) set(key, value string) error {
	switch key {
	case "title":
		p.Title = value
	case "analyzer":
		p.Analyzer = value
	case "since":
		p.Since = value
	case "fix":
		p.Fix = value
	case "level":
		p.Level = value
	case "default":
		p.Optional = value == "off"
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

// complete returns an error that names the first part that is missing or wrong.
func (p *Page) complete() error {
	for _, part := range []struct{ name, text string }{
		{"title", p.Title}, {"analyzer", p.Analyzer}, {"since", p.Since}, {"reason", p.Why}, {"bad.go", p.Bad}, {"good.go", p.Good},
	} {
		if part.text == "" {
			return fmt.Errorf("the %s is missing", part.name)
		}
	}
	if !slices.Contains([]string{"error", "warning", "note"}, p.Level) {
		return fmt.Errorf("level %q; want error, warning or note", p.Level)
	}
	return nil
}
