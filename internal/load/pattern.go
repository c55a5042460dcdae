package load

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// pattern is one of the patterns that name packages.
type pattern struct {
	text  string
	wild  bool
	root  string         // the directory in which matching packages lie, with those below if wild; "" if it is not known
	local bool           // it names directories, not import paths
	names *regexp.Regexp // of a wild one: matches import paths or, if local, directories with slashes
}

// words are the patterns with a meaning of their own.
var words = []string{"all", "cmd", "std", "tool", "work"}

// parsePattern reads a pattern as the go command does. The base is the absolute directory of the run.
func (t *tree) parsePattern(text, base string) pattern {
	p := pattern{text: text, wild: strings.Contains(text, "...")}
	switch {
	case slices.Contains(words, text):
		p.wild = false
		return p
	case strings.HasPrefix(text, "./"), strings.HasPrefix(text, "../"), text == ".", text == "..", text == "...", filepath.IsAbs(text):
		p.local = true
		if !filepath.IsAbs(text) {
			text = filepath.Join(base, text)
		}
		text = filepath.ToSlash(filepath.Clean(text))
	}
	fixed := text
	if p.wild {
		p.names = matcher(text)
		before, _, _ := strings.Cut(text, "...")
		fixed = before[:strings.LastIndexByte(before, '/')+1]
	}
	switch {
	case p.local && !p.wild && strings.HasSuffix(fixed, ".go"):
		p.root = filepath.Dir(filepath.FromSlash(fixed))
	case p.local:
		p.root = filepath.Clean(filepath.FromSlash(fixed))
	default:
		p.root, _ = t.dirOf(strings.TrimSuffix(fixed, "/"))
	}
	return p
}

// matcher compiles a pattern: "..." stands for any text, and "/..." at the end for nothing too.
func matcher(text string) *regexp.Regexp {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(text), `\.\.\.`, `.*`)
	if rest, ok := strings.CutSuffix(quoted, `/.*`); ok {
		quoted = rest + `(/.*)?`
	}
	return regexp.MustCompile(`^` + quoted + `$`)
}

// matches reports whether a wild pattern names a package.
func (p *pattern) matches(path, dir string) bool {
	if p.local {
		return p.names.MatchString(filepath.ToSlash(dir))
	}
	return p.names.MatchString(path)
}

// RealDir returns the absolute name of a directory without symbolic links, so that it does not matter by which name it
// was reached. The directory "" is the current one.
func RealDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// realPattern resolves the symbolic links of an absolute pattern, as far as the directories exist.
func realPattern(text string) string {
	if !filepath.IsAbs(text) {
		return text
	}
	fixed, rest := text, ""
	if before, _, wild := strings.Cut(text, "..."); wild {
		at := strings.LastIndexAny(before, `/\`)
		fixed, rest = text[:at+1], text[at+1:]
	}
	real, err := filepath.EvalSymlinks(fixed)
	switch {
	case err != nil:
		return text
	case rest == "":
		return real
	}
	return filepath.Join(real, rest)
}
