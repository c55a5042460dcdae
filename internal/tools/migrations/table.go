package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// tally counts places.
type tally struct{ found, turned, differing, left int }

// count counts the places of a kind.
func (r *row) count(is func(place) bool) tally {
	var t tally
	for _, s := range r.Sites {
		if !is(s) {
			continue
		}
		t.found++
		switch s.Status {
		case "stays":
			t.left++
		case "differs":
			t.differing++
			t.turned++
		default:
			t.turned++
		}
	}
	return t
}

func closures(p place) bool { return p.Kind != "loop" }

func loops(p place) bool { return p.Kind == "loop" }

func constant(p place) bool { return closures(p) && p.Policy == "constant" }

// print prints the row, and the places that stay.
func (r *row) print(w io.Writer) {
	c, l := r.count(closures), r.count(loops)
	const counts = "%3d: %3d turned, %3d differing, %3d left; "
	fmt.Fprintf(w, "%-50s closures "+counts+"loops "+counts+"tests %s\n",
		r.Module, c.found, c.turned, c.differing, c.left, l.found, l.turned, l.differing, l.left, r.tests())
	for _, s := range r.Sites {
		if s.Status == "stays" {
			fmt.Fprintf(w, "\t%s:%d: %s: %s\n", s.File, s.Line, s.Kind, s.Reason)
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(w, "\t%s\n", p)
	}
	for _, name := range r.Failing {
		fmt.Fprintf(w, "\t%s does not pass any more\n", name)
	}
}

// tests says how many tests pass, of those that did before.
func (r *row) tests() string {
	if r.Before == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", r.After, r.Before)
}

// total adds rows up.
func total(rows []*row) *row {
	sum := &row{Module: fmt.Sprintf("%d modules", len(rows))}
	for _, r := range rows {
		sum.Sites = append(sum.Sites, r.Sites...)
		sum.Before, sum.After = sum.Before+r.Before, sum.After+r.After
	}
	return sum
}

const (
	begin = "<!-- migrations: go run ./internal/tools/migrations -write docs/migrating.md -list internal/tools/migrations/modules.txt -->\n"
	end   = "<!-- end of migrations -->\n"
)

// writeTable puts the table between the marks of a page.
func writeTable(page string, rows []*row, judged score) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the table", page)
	}
	return os.WriteFile(page, []byte(before+begin+table(rows, judged)+end+after), 0o666)
}

// table writes the rows in Markdown, and what became of the loops that have been judged.
func table(rows []*row, judged score) string {
	var text strings.Builder
	text.WriteString("| module | closures | turned | differing | left | loops | turned | differing | left | tests that pass still |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	line := func(r *row) {
		c, l := r.count(closures), r.count(loops)
		fmt.Fprintf(&text, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %s |\n",
			r.Module, c.found, c.turned, c.differing, c.left, l.found, l.turned, l.differing, l.left, r.tests())
	}
	for _, r := range rows {
		line(r)
	}
	all := total(rows)
	line(all)
	for _, r := range rows {
		if len(r.Failing) > 0 {
			fmt.Fprintf(&text, "\nThese tests of %s do not pass any more: %s.\n", r.Module, strings.Join(r.Failing, ", "))
		}
	}
	c := all.count(constant)
	fmt.Fprintf(&text, "\nOf %d closures with a constant policy %d are turned. %s", c.found, c.turned, judged.sentence())
	return text.String()
}
