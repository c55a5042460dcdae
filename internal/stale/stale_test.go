package stale_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/stale"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

const source = "package a\n\nimport \"context\"\n\n//retry:task retries=1 delay=1\nfunc F(ctx context.Context) error { return nil }\n"

// TestStale changes what has been generated, and the source, in ways that count and in ways that do not.
func TestStale(t *testing.T) {
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	for _, c := range []struct {
		name          string
		source, wrote func(string) string
		kind          stale.Kind
		found         bool
	}{
		{name: "fresh"},
		{name: "line ends of both", source: crlf, wrote: crlf},
		{name: "line ends of the generated file", wrote: crlf},
		{name: "a licence", wrote: func(s string) string { return "// Copyright.\n\n" + s }},
		{name: "a licence and line ends", wrote: func(s string) string { return crlf("/*\nCopyright.\n*/\n" + s) }},
		{name: "a constraint", wrote: func(s string) string { return "//go:build linux\n\n" + s }, kind: stale.Differs, found: true},
		{name: "edited", wrote: func(s string) string { return s + "// More.\n" }, kind: stale.Differs, found: true},
		{name: "another policy", source: replace("retries=1", "retries=2"), kind: stale.Differs, found: true},
		{name: "no directive", source: replace("//retry", "// retry"), kind: stale.Orphan, found: true},
		{name: "the header is gone", wrote: func(s string) string { return "// By hand.\n\npackage a\n" }, kind: stale.InTheWay, found: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := testmodule.Write(t, []txtar.File{{Name: "a/a.go", Data: []byte(source)}}, "")
			plan, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Write(); err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(dir, "a", "a.go"), c.source)
			edit(t, filepath.Join(dir, "a", "a_retry.go"), c.wrote)
			list := staleIn(t, dir)
			switch {
			case !c.found && len(list) > 0:
				t.Errorf("found %+v, want nothing", list)
			case c.found && (len(list) != 1 || list[0].Kind != c.kind || list[0].Name != "a_retry.go"):
				t.Errorf("found %+v, want one of kind %d", list, c.kind)
			}
		})
	}
}

func replace(old, text string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, text, 1) }
}

func edit(t *testing.T, path string, change func(string) string) {
	t.Helper()
	if change == nil {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(text))), 0o666); err != nil {
		t.Fatal(err)
	}
}

// staleIn asks as an analyzer does.
func staleIn(t *testing.T, dir string) []stale.File {
	t.Helper()
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedExportFile |
		packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: dir}, "./a")
	if err != nil {
		t.Fatal(err)
	}
	pkg := loaded[0]
	p := &stale.Package{Fset: pkg.Fset, Files: pkg.Syntax, Types: pkg.Types, Info: pkg.TypesInfo}
	found, problems := p.Find()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	list, err := p.Stale(found)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
