package lint

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestUndefined reads the errors of the compiler and of the type checker.
func TestUndefined(t *testing.T) {
	dir := filepath.FromSlash("/m")
	for _, test := range []struct{ name, output, want string }{
		{"a function", "# example.com/a\n./a.go:14:12: undefined: PingWithRetry\n", "a.go:14:12 PingWithRetry"},
		{"of vet", "# example.com/a\nvet: ./a.go:14:12: undefined: PingWithRetry\n", "a.go:14:12 PingWithRetry"},
		{"of another package", "b/b.go:1:2: undefined: a.PingWithRetry\n", "b/b.go:1:2 PingWithRetry"},
		{"a method", "./a.go:1:2: c.GetWithRetry undefined (type *Client has no field or method GetWithRetry)\n", "a.go:1:2 GetWithRetry"},
		{"a similar method", "./a.go:1:2: c.GetWithRetry undefined (type *Client has no field or method GetWithRetry, but does have " +
			"method Get)\n",
			"a.go:1:2 GetWithRetry"},
		{"many", "./a.go:1:2: undefined: X\n./a.go:3:4: too many errors\n", "a.go:1:2 X"},
		{"another error", "./a.go:1:2: undefined: X\n./a.go:3:4: missing return\n", "a.go:1:2 X others"},
		{"no position", "go: cannot find main module\n", "others"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			list, others := undefinedIn(test.output, dir)
			for _, u := range list {
				got = append(got, fmt.Sprintf("%s:%d:%d %s", Relative(dir, u.file), u.line, u.column, u.name))
			}
			if others {
				got = append(got, "others")
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
