package migratetest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/testing/migratetest/sim"
	"github.com/retrygen/retrygen/internal/testing/migratetest/sites"
)

var (
	seed     = flag.Uint64("seed", 1, "the first seed of the generated sites")
	seeds    = flag.Int("seeds", 1, "how many sets of generated sites to try")
	count    = flag.Int("sites", 140, "the number of sites in a set")
	refusals = flag.Bool("refusals", false, "list why sites are left as they are")
	keep     = flag.String("keep", "", "a directory in which to leave the sites that do something else than before")
)

// perPackage is the number of sites in a package.
const perPackage = 20

// TestGenerated migrates sites that are written at random, and runs each before and after with all scripts of package sim. What a
// site does otherwise afterwards has to be said by one of its sentences.
//
//	go test -run TestGenerated -seed 100 -seeds 20
func TestGenerated(t *testing.T) {
	n := *count
	if testing.Short() {
		n = min(n, 40)
	}
	for i := range *seeds {
		t.Run(fmt.Sprint("seed ", *seed+uint64(i)), func(t *testing.T) { tryGenerated(t, *seed+uint64(i), n) })
	}
}

func tryGenerated(t *testing.T, seed uint64, n int) {
	m := newModule(t)
	list := buildable(m, sites.New(seed, n))
	packages := slices.Collect(slices.Chunk(list, perPackage))
	for i, some := range packages {
		for _, when := range []string{"before", "after"} {
			m.write(fmt.Sprintf("%s/p%d/common.go", when, i), sites.Common)
			for _, s := range some {
				m.write(fmt.Sprintf("%s/p%d/%s", when, i, s.File()), s.Source)
			}
		}
	}
	found := m.migrate()
	m.command(false, "go", "tool", "retrygen", "./after/...")
	m.command(false, "go", "vet", "-unreachable", "./after/...")
	m.write("run_test.go", comparison(packages))
	out := m.command(false, "go", "test", "-run=TestCompare", "-timeout=120s", "-v", ".")
	verdict := &verdict{module: m, sites: list, found: found}
	for line := range strings.Lines(out) {
		if text, ok := strings.CutPrefix(line, "differs: "); ok {
			var one pair
			if err := json.Unmarshal([]byte(text), &one); err != nil {
				t.Fatal(err)
			}
			verdict.judge(&one)
		}
	}
	verdict.report(n)
}

// buildable leaves out the sites that do not build.
func buildable(m *module, list []*sites.Site) []*sites.Site {
	m.write("check/common.go", sites.Common)
	check := sites.NewChecker(func(args ...string) []byte { return []byte(m.command(false, args...)) })
	return slices.DeleteFunc(list, func(s *sites.Site) bool {
		err := check(s)
		if err != nil && testing.Verbose() {
			m.Log(err)
		}
		return err != nil
	})
}

// finding is a site as the command reports it.
type finding struct {
	File, Kind, Status, Form, Directive, Reason string
	Line                                        int
	Differences                                 []string
}

// migrate migrates the packages, and returns what is said of each file.
func (m *module) migrate() map[string][]*finding {
	var result struct{ Sites []*finding }
	text := m.command(true, "go", "tool", "retrygen", "migrate", "-json", "./after/...")
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&result); err != nil {
		m.Fatalf("%v\n%s", err, text)
	}
	found := map[string][]*finding{}
	for _, s := range result.Sites {
		name := filepath.Base(s.File)
		found[name] = append(found[name], s)
	}
	return found
}

// comparison writes a test that runs all sites before and after with all scripts.
func comparison(packages [][]*sites.Site) string {
	const path = "github.com/retrygen/retrygen/internal/testing/migratetest"
	var imports, calls strings.Builder
	for i, some := range packages {
		fmt.Fprintf(&imports, "\tb%d %q\n\ta%d %q\n", i, fmt.Sprintf("%s/before/p%d", path, i), i, fmt.Sprintf("%s/after/p%d", path, i))
		for _, s := range some {
			fmt.Fprintf(&calls, "\tsim.Compare(t, %d, b%d.Run%d, a%d.Run%d, %t)\n", s.Number, i, s.Number, i, s.Number, s.Random)
		}
	}
	return "package migratetest\n\nimport (\n\t\"testing\"\n\n" + imports.String() + "\t\"" + path + "/sim\"\n)\n\n" +
		"func TestCompare(t *testing.T) {\n" + calls.String() + "}\n"
}

// pair is what a site does before and after.
type pair = sim.Pair

// verdict collects what is not said.
type verdict struct {
	*module
	sites  []*sites.Site
	found  map[string][]*finding
	wrong  map[int][]string
	said   int
	unsaid int
}

// judge compares two traces with what the command has said of the site.
func (v *verdict) judge(p *pair) {
	name := fmt.Sprintf("site%d.go", p.Site)
	var sentences []string
	turned := false
	for _, f := range v.found[name] {
		sentences = append(sentences, f.Differences...)
		turned = turned || f.Status != "stays"
	}
	unsaid := unsaidOf(p, sentences)
	for _, other := range p.Others {
		o := *p
		if o.Before = other; len(unsaid) > 0 && turned {
			unsaid = shorter(unsaid, unsaidOf(&o, sentences))
		}
	}
	if !turned {
		return // select chose otherwise, or the waits were drawn otherwise
	}
	if len(unsaid) == 0 {
		v.said++
		return
	}
	v.unsaid++
	if v.wrong == nil {
		v.wrong = map[int][]string{}
	}
	text := fmt.Sprintf("%s\n  not said: %s\n  before %v\n  after  %v", p.Text, strings.Join(unsaid, "; "), p.Before, p.After)
	v.wrong[p.Site] = append(v.wrong[p.Site], text)
}

func shorter(a, b []string) []string {
	if len(b) < len(a) {
		return b
	}
	return a
}

// report shows the sites that do something which is not said.
func (v *verdict) report(n int) {
	counts, reasons := map[string]int{}, map[string]int{}
	for _, list := range v.found {
		for _, f := range list {
			counts[f.Status]++
			reasons[f.Reason]++
		}
	}
	v.Logf("%d sites of %d build; %v; %d runs differ as is said, %d otherwise", len(v.sites), n, counts, v.said, v.unsaid)
	if *refusals {
		for reason, n := range reasons {
			v.Logf("%4d %s", n, reason)
		}
	}
	for _, s := range v.sites {
		texts := v.wrong[s.Number]
		if len(texts) == 0 {
			continue
		}
		var b strings.Builder
		for _, f := range v.found[s.File()] {
			fmt.Fprintf(&b, "%s:%d %s %s %s\n\t%s\n", f.File, f.Line, f.Status, f.Form, f.Directive, strings.Join(f.Differences, "\n\t"))
		}
		after := ""
		for i := range v.sites {
			if path := filepath.Join(v.dir, fmt.Sprintf("after/p%d/%s", i, s.File())); after == "" {
				text, _ := os.ReadFile(path)
				after = string(text)
			}
		}
		text := fmt.Sprintf("site %d does something else, in %d runs:\n%s\n%s\nBEFORE\n%s\nAFTER\n%s", s.Number, len(texts),
			strings.Join(texts[:min(3, len(texts))], "\n"), b.String(), s.Source, after)
		v.Error(text)
		if *keep != "" {
			_ = os.WriteFile(filepath.Join(*keep, fmt.Sprintf("%d.txt", s.Number)), []byte(text), 0o666)
		}
	}
}
