package load

import (
	"go/token"
	"strings"
	"testing"
)

// constraintCases are files with text that is a build constraint, or that looks like one.
var constraintCases = []struct{ name, src, want string }{
	{"none", "package a\n", ""},
	{"go:build", "//go:build linux\n\npackage a\n", "linux"},
	{"go:build on the line above", "//go:build linux\npackage a\n", "linux"},
	{"go:build below a comment", "// A licence.\n\n//go:build linux\n\npackage a\n", "linux"},
	{"go:build below a block comment", "/* A licence.\npackage of words\n*/\n\n//go:build linux\n\npackage a\n", "linux"},
	{"go:build on the line where a block comment ends", "/*\n*/ //go:build linux\n\npackage a\n", ""},
	{"go:build below white space", "\n\n  //go:build linux\n\npackage a\n", "linux"},
	{"go:build behind a byte order mark", "\ufeff//go:build linux\n\npackage a\n", "linux"},
	{"go:build with CRLF", "//go:build linux && !tag\r\n\r\npackage a\r\n", "linux && !tag"},
	{"go:build in a block comment", "/*\n//go:build windows\n*/\n\npackage a\n", ""},
	{"go:build in a line comment", "// //go:build windows\n\npackage a\n", ""},
	{"go:build below the package clause", "package a\n\n//go:build windows\n", ""},
	{"go:build in a string", "package a\n\nconst s = `\n//go:build windows\n`\n", ""},
	{"go:build in a doc comment", "// Package a has\n//\n//go:build windows\npackage a\n", "windows"},
	{"go:build over +build", "//go:build linux\n// +build windows\n\npackage a\n", "linux"},
	{"go:builder", "//go:builder windows\n\npackage a\n", ""},
	{"+build", "// +build linux\n\npackage a\n", "linux"},
	{"+build with options", "// +build linux,tag darwin\n\npackage a\n", "(linux && tag) || darwin"},
	{"+build twice", "// +build linux windows\n// +build !tag\n\npackage a\n", "(linux || windows) && !tag"},
	{"+build apart", "// +build linux windows\n\n// A licence.\n// +build !tag\n\npackage a\n", "(linux || windows) && !tag"},
	{"+build without a space", "//+build linux\n\npackage a\n", "linux"},
	{"+build behind a byte order mark", "\ufeff// +build linux\n\npackage a\n", "linux"},
	{"+build on the line above", "// +build windows\npackage a\n", ""},
	{"+build below a block comment", "/* A licence. */\n\n// +build windows\n\npackage a\n", ""},
	{"+build above a block comment", "// +build linux\n\n/* A licence. */\npackage a\n", "linux"},
	{"+build above a block comment without a blank line", "// +build windows\n/* A licence. */\n\npackage a\n", ""},
	{"+build in a block comment", "/*\n// +build windows\n\n*/\n\npackage a\n", ""},
	{"+build below the package clause", "package a\n\n// +build windows\n\n", ""},
	{"+build that does not parse", "// +build linux !!tag\n\npackage a\n", "linux || ignore"},
	{"+build within a line", "// see +build windows\n\npackage a\n", ""},
}

// TestConstraint reads constraints as the go command does: each file is in exactly the builds that go/build puts it in.
func TestConstraint(t *testing.T) {
	for _, c := range constraintCases {
		t.Run(c.name, func(t *testing.T) {
			s := &Source{Name: "a.go", Src: []byte(c.src)}
			expr := buildConstraint(s.Src)
			got := ""
			if expr != nil {
				got = expr.String()
			}
			if got != c.want {
				t.Errorf("constraint %q, want %q", got, c.want)
			}
			for _, p := range []platform{
				{goos: "linux", goarch: "amd64"}, {goos: "linux", goarch: "amd64", tags: "tag"}, {goos: "windows", goarch: "amd64"},
				{goos: "windows", goarch: "amd64", tags: "tag"}, {goos: "darwin", goarch: "arm64"},
			} {
				holds := func(tag string) bool { return tag == p.goos || tag == p.goarch || tag != "" && tag == p.tags }
				if mine, theirs := expr == nil || expr.Eval(holds), p.matches(t.TempDir(), s); mine != theirs {
					t.Errorf("on %v: the constraint says %t, the go command %t", p, mine, theirs)
				}
			}
		})
	}
}

func TestRestriction(t *testing.T) {
	for name, want := range map[string]string{
		"a.go": "", "a_linux.go": "_linux", "a_linux_test.go": "_linux", "a_windows_386.go": "_windows_386", "linux.go": "",
		"a_linux.pb.go": "_linux", "a.pb_linux.go": "", "a_unix.go": "", "linux_amd64.go": "_amd64",
	} {
		s := parsed(t, name, "package a\n")
		if got := Restriction(s); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if restricted := !(platform{goos: "plan9", goarch: "arm"}).matches(t.TempDir(), s); restricted != (want != "") {
			t.Errorf("%s: the go command reads a restriction: %t", name, restricted)
		}
	}
}

// TestCgo finds the import of C in either kind of quotes, which leaves a file out of builds without cgo.
func TestCgo(t *testing.T) {
	for _, spec := range []string{`"C"`, "`C`"} {
		if s := parsed(t, "a.go", "package a\n\nimport "+spec+"\n"); Constraint(s) != "cgo" {
			t.Errorf("import %s: constraint %q, want cgo", spec, Constraint(s))
		}
	}
	if s := parsed(t, "a.go", "//go:build linux || darwin\n\npackage a\n\nimport \"C\"\n"); Constraint(s) != "cgo && (linux || darwin)" {
		t.Errorf("constraint %q", Constraint(s))
	}
	if s := parsed(t, "a.go", "package a\n\nimport C \"context\"\n"); strings.Contains(Constraint(s), "cgo") {
		t.Error("an import called C counts as cgo")
	}
}

func parsed(t *testing.T, name, src string) *Source {
	t.Helper()
	f := &Folder{Dir: t.TempDir(), Files: []*Source{{Name: name, Src: []byte(src)}}}
	f.Parse(token.NewFileSet())
	return f.Files[0]
}
