package lint

import (
	"fmt"
	"io"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
)

// Index lists the checks by their analyzers.
func Index(w io.Writer) {
	fmt.Fprintf(w, "Retrylint checks retries. %q documents a check; those with a star are off by default.\n", "retrylint help RL301")
	for _, a := range analyzer.Analyzers() {
		title, _, _ := strings.Cut(a.Doc, "\n")
		fmt.Fprintf(w, "\n%s: %s\n", a.Name, title)
		for _, check := range analyzer.Checks() {
			if check.Analyzer != a.Name {
				continue
			}
			star := " "
			if check.Optional {
				star = "*"
			}
			fmt.Fprintf(w, "  %s%s  %s\n", check.ID, star, check.Title)
		}
	}
}

// Page documents one check: why it is there, bad and good code, and how to silence it.
func Page(w io.Writer, check analyzer.Check) {
	fmt.Fprintf(w, "%s: %s\n\n%s\n", check.ID, check.Title, check.Why)
	fmt.Fprintf(w, "\nBad:\n\n%s\nGood:\n\n%s", indent(check.Bad), indent(check.Good))
	if check.Fix != "" {
		fmt.Fprintf(w, "\nretrylint -fix can %s.\n", check.Fix)
	}
	if check.Judged > 0 {
		fmt.Fprintf(w, "\n%s\n", howOften(check))
	}
	fmt.Fprintf(w, "\n%s To silence a finding, on its line or above:\n\n    //retry:ignore %s the reason\n", state(check), check.ID)
}

// howOften says how often a check was right.
func howOften(check analyzer.Check) string {
	return fmt.Sprintf("Of %d findings in public code that were read one by one, %d were right.", check.Judged, check.Right)
}

func state(check analyzer.Check) string {
	if check.Optional {
		return fmt.Sprintf("Off by default: retrylint -enable %s, or go vet with -%s.%s.", check.ID, check.Analyzer, check.ID)
	}
	return fmt.Sprintf("On by default, since %s.", check.Since)
}

func indent(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// Markdown writes the documentation of all checks as one page.
func Markdown(w io.Writer) {
	fmt.Fprint(w, "# What retrylint checks\n\n"+
		"Each check with bad code that it reports, and with good code that no check reports. A test lints both. `retrylint help RL301`\n"+
		"prints the page of one check. `go test ./internal/lint -update` writes this page.\nAn *error* is code that cannot do what it says, a *note* is a matter of taste.\n\n| check | finds | level | default | fix |\n| --- | --- | --- | --- | --- |\n")
	for _, check := range analyzer.Checks() {
		on, fix := "on", "–"
		if check.Optional {
			on = "off"
		}
		if check.Fix != "" {
			fix = check.Fix
		}
		fmt.Fprintf(w, "| [%s](#%s) | %s | %s | %s | %s |\n", check.ID, strings.ToLower(check.ID), check.Title, check.Level, on, fix)
	}
	for _, check := range analyzer.Checks() {
		fmt.Fprintf(w, "\n## %s\n\n", check.ID)
		section(w, check)
	}
}

// section writes the page of one check as Markdown, without a heading.
func section(w io.Writer, check analyzer.Check) {
	fmt.Fprintf(w, "**%s.** %s\n\nBad:\n\n```go\n%s```\n\nGood:\n\n```go\n%s```\n",
		sentence(check.Title), check.Why, check.Bad, check.Good)
	if check.Fix != "" {
		fmt.Fprintf(w, "\n`retrylint -fix` can %s.", check.Fix)
	}
	if check.Judged > 0 {
		fmt.Fprintf(w, "\n%s", howOften(check))
	}
	fmt.Fprintf(w, "\n%s Silenced by `//retry:ignore %s the reason`.\n", state(check), check.ID)
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
