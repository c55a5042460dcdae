package load

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestFail shows what is said of packages that cannot be imported.
func TestFail(t *testing.T) {
	for _, test := range []struct {
		pkg  *packages.Package
		want string
	}{
		{&packages.Package{ExportFile: "dep.a"}, "cannot import dep: its declarations are read from Go source, and it has none"},
		{&packages.Package{IgnoredFiles: []string{"dep_windows.go"}}, "cannot import dep for plan9/amd64"},
		{&packages.Package{Errors: []packages.Error{{Msg: "no required module provides package dep"}}}, "cannot import dep: no required module"},
		{nil, "cannot import dep for plan9/amd64"},
	} {
		r := &Run{listed: map[string]*packages.Package{}, tree: &tree{}}
		if test.pkg != nil {
			test.pkg.PkgPath = "dep"
			r.listed["dep"] = test.pkg
		}
		w := r.newWorld(platform{goos: "plan9", goarch: "amd64"}, nil, nil)
		w.fail("dep")
		if got := w.failed["dep"].Error(); !strings.HasPrefix(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
