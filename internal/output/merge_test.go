package output

import (
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/directive"
)

const rendered = directive.Header + "\n\npackage a\n"

// TestMerge renders price_retry.go over what is there.
func TestMerge(t *testing.T) {
	const (
		licence = "// Copyright 2026 Example.\n\n"
		block   = "/*\nCopyright.\n=======\npackage of words\n*/\n\n"
		source  = "package a\n"
		ours    = "<<<<<<< HEAD\n// Ours.\n"
		theirs  = "=======\n// Theirs.\n>>>>>>> topic\n\n"
	)
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	for _, c := range []struct{ name, old, source, licence, want string }{
		{"new file", "", source, "", rendered},
		{"new file with a licence", "", source, licence, licence + rendered},
		{"new file beside CRLF", "", "package a\r\n", licence, crlf(licence + rendered)},
		{"nothing above the header", rendered, source, "", rendered},
		{"stale below the header", directive.Header + "\n\npackage b\n", source, "", rendered},
		{"licence stays", licence + rendered, source, "", licence + rendered},
		{"licence on the line above stays", "// Copyright.\n" + rendered, source, "", "// Copyright.\n" + rendered},
		{"licence in a block comment stays", block + rendered, source, "", block + rendered},
		{"licence is replaced", "// Copyright 2024 Other.\n\n" + rendered, source, licence, licence + rendered},
		{"CRLF stays", crlf(licence + rendered), source, "", crlf(licence + rendered)},
		{"LF stays beside CRLF", rendered, "package a\r\n", "", rendered},
		{"constraint above the header goes", "//go:build linux\n\n" + rendered, source, "", rendered},
		{"constraints go", licence + "//go:build linux\n// +build linux\n\n" + rendered, source, "", licence + rendered},
		{"constraint in a block comment stays", "/*\n//go:build linux\n*/\n\n" + rendered, source, "", "/*\n//go:build linux\n*/\n\n" + rendered},
		{"byte order mark goes", "\ufeff" + licence + rendered, source, "", licence + rendered},
		{"conflict in the licence", ours + theirs + rendered, source, "", "// Ours.\n\n" + rendered},
		{"conflict with a common ancestor", ours + "||||||| base\n// Base.\n" + theirs + rendered, source, "", "// Ours.\n\n" + rendered},
		{"conflict with one licence", "<<<<<<< HEAD\n" + theirs + rendered, source, "", "// Theirs.\n\n" + rendered},
		{"conflict around the header", ours + "\n" + rendered + theirs, source, "", "// Ours.\n\n" + rendered},
	} {
		t.Run(c.name, func(t *testing.T) {
			var old []byte
			if c.old != "" {
				old = []byte(c.old)
			}
			got := Merge("price_retry.go", old, []byte(rendered), []byte(c.source), c.licence)
			if string(got) != c.want {
				t.Errorf("got:\n%q\nwant:\n%q", got, c.want)
			}
			if again := Merge("price_retry.go", got, []byte(rendered), []byte(c.source), c.licence); !Same(again, got) {
				t.Errorf("a second time:\n%q", again)
			}
		})
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a\nb\n", "a\r\nb\r\n", true},
		{"a\nb\n", "a\r\nb\n", true},
		{"a\n", "\ufeffa\n", true},
		{"a\n", "a", false},
		{"a\rb\n", "ab\n", false},
	} {
		if Same([]byte(c.a), []byte(c.b)) != c.want {
			t.Errorf("Same(%q, %q) is %t", c.a, c.b, !c.want)
		}
	}
}

func TestLicence(t *testing.T) {
	for _, c := range []struct{ name, text, want, wrong string }{
		{"text", "Copyright 2026 Example.\n\n\tAll rights reserved. \n", "// Copyright 2026 Example.\n//\n// \tAll rights reserved.\n\n", ""},
		{"line comments", "// Copyright 2026 Example.\n", "// Copyright 2026 Example.\n\n", ""},
		{"comments without spaces", "//Copyright", "//Copyright\n\n", ""},
		{"block comment", "/*\nCopyright 2026 Example.\n*/", "/*\nCopyright 2026 Example.\n*/\n\n", ""},
		{"two comments", "// One.\n\n// Two.\n", "// One.\n\n// Two.\n\n", ""},
		{"CRLF and a byte order mark", "\ufeffOne.\r\nTwo.\r\n", "// One.\n// Two.\n\n", ""},
		{"a comment that does not end", "/* One.", "// /* One.\n\n", ""},
		{"a comment and text", "// One.\npackage a\n", "// // One.\n// package a\n\n", ""},
		{"empty", " \n", "", "no text"},
		{"binary", "a\x00b", "", "not a text"},
		{"not UTF-8", "a\xffb", "", "not a text"},
		{"build constraint", "// One.\n\n//go:build linux\n", "", "build constraint"},
		{"old build constraint", "// +build linux\n", "", "build constraint"},
		{"the header", directive.Header + "\n", "", "begins what retrygen writes"},
		{"a directive of retrygen", "//retry:task retries=1\n", "", "is a directive"},
		{"a directive of Go", "//go:generate ls\n", "", "is a directive"},
		{"a line directive", "//line a.go:1\n", "", "line directive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Licence([]byte(c.text))
			switch {
			case c.wrong == "" && (err != nil || got != c.want):
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("got %q and error %v, want one with %q", got, err, c.wrong)
			}
		})
	}
}
