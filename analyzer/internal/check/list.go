package check

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Check is a check: a page, and a function that looks at a package.
type Check struct {
	Page
	run    func(*Pass)
	over   []string
	last   bool
	params []parameter
}

// Over declares that the check has precedence over others of its analyzer: what it reports or claims with a
// [Finding.Subject] they do not report. A check that others have precedence over has none itself.
func (c *Check) Over(ids ...string) *Check {
	c.over = append(c.over, ids...)
	return c
}

// Last declares that the check runs after all others, of all analyzers. [Pass.Silenced] is complete then.
func (c *Check) Last() *Check {
	c.last = true
	return c
}

// With declares a parameter of the check, such as the longest wait that it accepts.
func (c *Check) With(param parameter) *Check {
	c.params = append(c.params, param)
	return c
}

// List is the list of a package's checks.
type List struct {
	pages  fs.FS
	checks []*Check
}

// NewList returns an empty list of checks whose pages are in a file system.
func NewList(pages fs.FS) *List { return &List{pages: pages} }

var idPattern = regexp.MustCompile(`^RL[0-9]{3}$`)

// IsID reports whether a text has the form of a check's identifier.
func IsID(text string) bool { return idPattern.MatchString(text) }

// Add adds a check. It panics if the check has no page, or one that cannot be read: checks and pages are part of the
// program, which does not start without them.
func (l *List) Add(id string, run func(*Pass)) *Check {
	if !IsID(id) {
		panic(fmt.Sprintf("check: %q is no identifier", id))
	}
	page, err := readPage(l.pages, id)
	if err != nil {
		panic(fmt.Sprintf("check %s: its page: %v", id, err))
	}
	c := &Check{Page: page, run: run}
	l.checks = append(l.checks, c)
	return c
}

// unused returns an error that names a page without a check.
func (l *List) unused() error {
	names, err := fs.Glob(l.pages, "*")
	if err != nil {
		return err
	}
	for _, name := range names {
		named := func(c *Check) bool { return strings.ToLower(c.ID)+".txtar" == name }
		if !slices.ContainsFunc(l.checks, named) {
			return fmt.Errorf("page %s belongs to no check", name)
		}
	}
	return nil
}
