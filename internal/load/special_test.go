package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// others are exported names in the packages below that are not those of methods of any type.
var others = strings.Fields(`Addr AddrPort Attempt Budget Duration Elapsed Event Float Int New Number Policy Prefix
	Regexp Request Response Row Rows Seq Time Tx URL Unlimited Userinfo WithRetry`)

// TestSpecial looks for the names of methods in the packages that ask types of dependencies for methods. One that special
// lacks would not be found: the methods of dependencies are left out unless something asks for them.
func TestSpecial(t *testing.T) {
	exported := regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	var unknown, seen []string
	for _, dir := range []string{"../directive", "../values"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no sources in %s: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				literal, ok := n.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					return true
				}
				text, _ := strconv.Unquote(literal.Value)
				if exported.MatchString(text) {
					seen = append(seen, text)
				}
				if exported.MatchString(text) && !special[text] && !slices.Contains(others, text) {
					unknown = append(unknown, text)
				}
				return true
			})
		}
	}
	slices.Sort(unknown)
	for _, text := range slices.Compact(unknown) {
		t.Errorf("%q: if this is a method that types are asked for, special needs it; else name it among others here", text)
	}
	for _, text := range others {
		if !slices.Contains(seen, text) {
			t.Errorf("nothing mentions %q", text)
		}
	}
}
