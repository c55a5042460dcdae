package main

import (
	"os"
	"testing"
)

// TestPagesAreTrue compares the blocks of the README and the pages with what the command prints today.
func TestPagesAreTrue(t *testing.T) {
	if _, err := os.Stat("../../../README.md"); err != nil {
		t.Fatal(err)
	}
	stale, err := run("../../..", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("%s: out of date; go run ./internal/tools/manual renews it", name)
	}
}

func TestSections(t *testing.T) {
	text := "policy\n  retries=1\n\nVerdict\n  one\n\n  more\n\nHerd\n  two"
	got, err := sections(text, []string{"Herd", "Verdict"})
	if want := "Herd\n  two\n\nVerdict\n  one\n\n  more"; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := sections(text, []string{"Weather"}); err == nil {
		t.Error("found a section that does not exist")
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

// TestEmptyBlock checks that a block without a line is renewed, and that the text after it stays.
func TestEmptyBlock(t *testing.T) {
	m := &manual{root: "."}
	page := "<!-- source main_test.go : nothing -->\n```go\n```\n\ntext\n\n```\nother\n```\n"
	got, err := m.page([]byte(page))
	want := "<!-- source main_test.go : nothing -->\n```go\n// nothing does nothing.\nfunc nothing() {}\n```\n\ntext\n\n```\nother\n```\n"
	if string(got) != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := m.page([]byte("<!-- source main_test.go : missing -->\n")); err == nil {
		t.Error("quoted a function that does not exist")
	}
}

// nothing does nothing.
func nothing() {}

var _ = nothing
