package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// place is a row of a list of judged places.
type place struct {
	check, module, file string
	line                int
	real                bool // a mistake, which the check should find; otherwise right as it is
	why                 string
}

// key is a check in a file of a module. Places and findings with equal keys may be the same.
type key struct{ check, module, file string }

// readPlaces reads a list with the columns check, module, version, file, line, verdict and why, below a line of names.
// The verdict is "real" or "fine". Module includes the version in what it returns.
func readPlaces(name string) ([]*place, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var list []*place
	for i, row := range rows[min(1, len(rows)):] {
		if len(row) != 7 {
			return nil, fmt.Errorf("%s: row %d has %d columns; want 7", name, i+2, len(row))
		}
		line, err := strconv.Atoi(row[4])
		if err != nil || row[5] != "real" && row[5] != "fine" {
			return nil, fmt.Errorf("%s: row %d: want a line number and real or fine, not %q and %q", name, i+2, row[4], row[5])
		}
		list = append(list, &place{row[0], row[1] + "@" + row[2], row[3], line, row[5] == "real", row[6]})
	}
	return list, nil
}

// tally counts what is known of a check.
type tally struct{ real, found, fine, flagged, unjudged int }

// places compares what the linter finds in modules with places that have been judged.
type places struct {
	r         *runner
	byKey     map[key][]*place
	tallies   map[string]*tally
	unmatched int
}

// measurePlaces runs all checks on the modules of a list of judged places, and prints the recall and the precision of each
// check that the list names, with every disagreement. It reports whether there is no disagreement.
func measurePlaces(r *runner, name string) (agree bool, err error) {
	list, err := readPlaces(name)
	if err != nil {
		return false, err
	}
	m := &places{r: r, byKey: map[key][]*place{}, tallies: map[string]*tally{}}
	modules := map[string]bool{}
	for _, p := range list {
		if !r.only.MatchString(p.module) {
			continue
		}
		k := key{p.check, p.module, p.file}
		m.byKey[k] = append(m.byKey[k], p)
		modules[p.module] = true
		m.tallies[p.check] = &tally{}
	}
	var failed []error
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		if err := m.module(module); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", module, err)) // its places are not counted
		}
	}
	m.print()
	return m.unmatched == 0, errors.Join(failed...)
}

// module compares the findings of one module with its places.
func (m *places) module(module string) error {
	dir, done, err := m.r.copy(module)
	if err != nil {
		return err
	}
	defer done()
	found := map[key][]int{}
	messages := map[key]map[int]string{}
	for _, f := range m.r.lint(module, dir, allChecks()) {
		if m.tallies[f.Check] == nil {
			continue
		}
		k := key{f.Check, module, f.File}
		found[k] = append(found[k], f.Line)
		if messages[k] == nil {
			messages[k] = map[int]string{}
		}
		messages[k][f.Line] = f.Message
	}
	keys := map[key]bool{}
	for k := range found {
		keys[k] = true
	}
	for k := range m.byKey {
		if k.module == module {
			keys[k] = true
		}
	}
	sorted := slices.SortedFunc(maps.Keys(keys), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(a.file, b.file))
	})
	for _, k := range sorted {
		scopes, err := readScopes(filepath.Join(dir, k.file))
		if err != nil {
			return err
		}
		m.compare(k, match(m.byKey[k], found[k], scopes), messages[k])
	}
	return nil
}

// compare counts and prints the places and findings of one check in one file. Messages are those of the findings, by their lines.
func (m *places) compare(k key, pairs []pair, messages map[int]string) {
	t := m.tallies[k.check]
	for _, p := range pairs {
		word, why := "", ""
		switch {
		case p.place == nil:
			t.unjudged++
			word, why = "unjudged", messages[p.found]
		case p.place.real && p.found > 0:
			t.real, t.found = t.real+1, t.found+1
			continue
		case p.place.real:
			t.real++
			word, why = "missed", p.place.why
		case p.found > 0:
			t.fine, t.flagged = t.fine+1, t.flagged+1
			word, why = "wrong", p.place.why
		default:
			t.fine++
			continue
		}
		m.unmatched++
		fmt.Printf("%-8s %s %s %s:%d", word, k.check, k.module, k.file, p.line())
		if why != "" {
			fmt.Printf(": %s", why)
		}
		fmt.Println()
	}
}

// print writes the table of all checks.
func (m *places) print() {
	fmt.Printf("%-8s%16s%16s%10s\n", "check", "real found", "findings right", "unjudged")
	var sum tally
	for _, check := range slices.Sorted(maps.Keys(m.tallies)) {
		t := m.tallies[check]
		t.print(check)
		sum = tally{sum.real + t.real, sum.found + t.found, sum.fine + t.fine, sum.flagged + t.flagged, sum.unjudged + t.unjudged}
	}
	sum.print("all")
}

func (t *tally) print(name string) {
	fmt.Printf("%-8s%16s%16s%10d\n", name, share(t.found, t.real), share(t.found, t.found+t.flagged), t.unjudged)
}

// share writes a part of a whole: "3 of 4 (75 %)".
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d (%d%%)", part, whole, 100*part/whole)
}

// pair is a place and the line of the finding at it. One of them may be missing.
type pair struct {
	place *place
	found int
}

func (p pair) line() int {
	if p.found > 0 {
		return p.found
	}
	return p.place.line
}

// match assigns findings to the places of a file. Each finding is one place: that of its line, or the nearest that is left in
// the same scope.
func match(list []*place, found []int, s scopes) []pair {
	m := &matcher{places: slices.Clone(list), found: slices.Compact(slices.Sorted(slices.Values(found)))}
	m.take(func(a, b int) bool { return a == b })
	m.take(s.same)
	for _, p := range m.places {
		m.pairs = append(m.pairs, pair{place: p})
	}
	for _, line := range m.found {
		m.pairs = append(m.pairs, pair{found: line})
	}
	return m.pairs
}

// matcher holds the places and findings that are left to match.
type matcher struct {
	places []*place
	found  []int
	pairs  []pair
}

// take matches each finding with the nearest place that may be the same.
func (m *matcher) take(may func(a, b int) bool) {
	var left []int
	for _, line := range m.found {
		best := -1
		for i, p := range m.places {
			if may(p.line, line) && (best < 0 || distance(p.line, line) < distance(m.places[best].line, line)) {
				best = i
			}
		}
		if best < 0 {
			left = append(left, line)
			continue
		}
		m.pairs = append(m.pairs, pair{m.places[best], line})
		m.places = slices.Delete(m.places, best, best+1)
	}
	m.found = left
}

func distance(a, b int) int { return max(a-b, b-a) }
