package load

import (
	"path"
	"regexp"
	"strings"
)

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// guesses returns the names that a package of this path is likely to have, the likeliest first.
func guesses(importPath string) []string {
	base := path.Base(importPath)
	var names []string
	if versionPattern.MatchString(base) {
		names = append(names, guesses(path.Dir(importPath))...)
	}
	if at := strings.LastIndex(base, ".v"); at > 0 && versionPattern.MatchString(base[at+1:]) {
		base = base[:at]
	}
	plain := strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
	plain = strings.TrimPrefix(strings.TrimSuffix(plain, ".go"), "go.")
	names = append(names, strings.ReplaceAll(plain, "-", "_"), base)
	if at := strings.LastIndexByte(plain, '-'); at >= 0 {
		names = append(names, plain[at+1:], plain[:at])
	}
	return names
}
