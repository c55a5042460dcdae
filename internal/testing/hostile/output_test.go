package hostile_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// settle compares the diagnostics of a run with those that cases expect, and returns the cases that have any.
func (m *module) settle(out string) []*hostile {
	m.Helper()
	lines := map[*hostile][]string{}
	for line := range strings.Lines(out) {
		if c := m.caseOf(line); c != nil && !strings.Contains(line, ": warning: ") {
			lines[c] = append(lines[c], strings.TrimRight(line, "\n"))
		}
	}
	said := slices.DeleteFunc(slices.Clone(m.cases), func(c *hostile) bool { return len(lines[c]) == 0 })
	for _, c := range said {
		for _, line := range lines[c] {
			if !slices.ContainsFunc(c.refuse, func(e expected) bool { return e.in(c, line) }) {
				c.problem("retrygen", " "+line)
			}
		}
		for _, e := range c.refuse {
			if !slices.ContainsFunc(lines[c], func(line string) bool { return e.in(c, line) }) {
				c.problem(fmt.Sprintf("no diagnostic %s: %s", e.where, e.text), "")
			}
		}
		if generated := m.generated(c); len(generated) > 0 {
			c.problem("has diagnostics and generated files", " "+strings.Join(generated, ", "))
		}
	}
	return said
}

// in reports whether a diagnostic is the expected one.
func (e expected) in(c *hostile, line string) bool {
	_, message, found := strings.Cut(line, c.name+"/"+e.where+":")
	return found && strings.Contains(message, e.text)
}

// attribute tells each case the lines of an output that are about it, and returns these cases.
func (m *module) attribute(what, out string) []*hostile {
	m.Helper()
	texts := map[*hostile]string{}
	var last *hostile
	for line := range strings.Lines(out) {
		if c := m.caseOf(line); c != nil {
			last = c
		}
		if last != nil && !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "ok ") {
			texts[last] += "\n\t" + strings.TrimRight(line, "\n")
		}
	}
	var about []*hostile
	for _, c := range m.cases {
		if texts[c] != "" {
			c.problem(what, texts[c])
			about = append(about, c)
		}
	}
	return about
}

var folder = regexp.MustCompile(`(?:^|[\s/\[])([a-z0-9_]+)(?:[\s/\]:]|$)`)

// caseOf returns the case that a line of output names by a path or import path.
func (m *module) caseOf(line string) *hostile {
	line = strings.NewReplacer(m.dir+"/", "", testmodule.Path+"/", "").Replace(line)
	for _, match := range folder.FindAllStringSubmatch(line, -1) {
		if c := m.byName[match[1]]; c != nil {
			return c
		}
		if c := m.byName[strings.TrimSuffix(match[1], "_alone")]; c != nil {
			return c
		}
	}
	return nil
}
