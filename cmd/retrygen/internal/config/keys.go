package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// step is a key, or the index of an entry in a list.
type step struct {
	name  string
	index bool
}

// path leads to a value in a tree. Nil is the tree itself.
type path struct {
	above *path
	step
}

func key(name string) step { return step{name: name} }
func index(i int) step     { return step{strconv.Itoa(i), true} }

// to returns the path with a further step.
func (p *path) to(s step) *path { return &path{p, s} }

// String returns the path as -keys would name it.
func (p *path) String() string {
	var names []string
	for ; p != nil; p = p.above {
		names = append(names, p.name)
	}
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// list returns the path without the indexes at its end: of an entry that of the list.
func (p *path) list() *path {
	for p != nil && p.index {
		p = p.above
	}
	return p
}

// taskName matches the names of tasks as a configuration has them: pricing.FetchPrice, example.com/shop.Client.Get.
var taskName = regexp.MustCompile(`^(?:[\pL\pN_.~-]+/)*[\pL_][\pL\pN_-]*\.[\pL_][\pL\pN_.]*$`)

// retryKey matches the keys that policies are expected at: retry, upload_retry, httpRetry, HTTP_RETRY, retry-policy.
var retryKey = regexp.MustCompile(`^(?:.*[._\- ])?(?i:retry(?:[_\-]?policy)?)$|^.*[\pL\pN]Retry(?:Policy)?$`)

// isTask reports whether the last key is the name of a task.
func (p *path) isTask() bool {
	return p != nil && !p.index && taskName.MatchString(p.name) && !retryKey.MatchString(p.name)
}

// keys are the keys whose values are policies.
type keys struct {
	patterns []*pattern // none for the usual keys
}

// pattern is a key as the user names it.
type pattern struct {
	text    string
	parts   []string
	matched bool
}

func newKeys(patterns []string) *keys {
	k := &keys{}
	for _, text := range patterns {
		k.patterns = append(k.patterns, &pattern{text: text, parts: strings.Split(text, ".")})
	}
	return k
}

// want reports whether a policy is expected at a path, and whether the user has named it.
func (k *keys) want(p *path) (wanted, named bool) {
	if len(k.patterns) == 0 {
		p = p.list()
		return p != nil && retryKey.MatchString(p.name), false
	}
	for _, pattern := range k.patterns {
		if matches(pattern.parts, p) || matches(pattern.parts, p.list()) {
			pattern.matched, wanted = true, true
		}
	}
	return wanted, wanted
}

// unmatched lists the patterns that have matched nothing.
func (k *keys) unmatched() []string {
	var list []string
	for _, p := range k.patterns {
		if !p.matched {
			list = append(list, p.text)
		}
	}
	return list
}

// matches reports whether parts of a pattern match the end of a path. A key with dots in it may match several parts.
func matches(parts []string, p *path) bool {
	if len(parts) == 0 {
		return true
	}
	if p == nil {
		return false
	}
	for n := 1; n <= min(len(parts), 1+strings.Count(p.name, ".")); n++ {
		rest := len(parts) - n
		if like(strings.Join(parts[rest:], "."), p.name) && matches(parts[:rest], p.above) {
			return true
		}
	}
	return false
}

// like reports whether a name is like a part of a pattern, in which * stands for any characters. Case does not count, as in
// many libraries.
func like(part, name string) bool {
	part, name = strings.ToLower(part), strings.ToLower(name)
	before, after, star := strings.Cut(part, "*")
	if !star {
		return part == name
	}
	rest, ok := strings.CutPrefix(name, before)
	for pieces := strings.Split(after, "*"); ok; pieces = pieces[1:] {
		if len(pieces) == 1 {
			return strings.HasSuffix(rest, pieces[0])
		}
		_, rest, ok = strings.Cut(rest, pieces[0])
	}
	return false
}
