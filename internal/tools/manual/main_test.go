package main

import (
	"os"
	"testing"
)

// What the README and the pages show of the command is what it prints today.
func TestPagesAreTrue(t *testing.T) {
	if _, err := os.Stat("../../../README.md"); err != nil {
		t.Fatal(err)
	}
	stale, err := run("../../..", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("%s: not what the commands in it print; go run ./internal/tools/manual", name)
	}
}

func TestSections(t *testing.T) {
	text := "policy\n  retries=1\n\nVerdict\n  one\n\n  more\n\nHerd\n  two"
	got, err := sections(text, []string{"Herd", "Verdict"})
	if want := "Herd\n  two\n\nVerdict\n  one\n\n  more"; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := sections(text, []string{"Weather"}); err == nil {
		t.Error("a section that is not there is found")
	}
}

func TestWords(t *testing.T) {
	got, err := words(`-policy "retries=4 delay=1" -outage 10`)
	if err != nil || len(got) != 4 || got[1] != "retries=4 delay=1" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := words(`-policy "open`); err == nil {
		t.Error("an open quote is read")
	}
}
