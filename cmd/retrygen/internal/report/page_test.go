package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/forecast"
)

// show writes a report by one of the three functions.
func show(t testing.TB, write func(io.Writer, *Report) error, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func text(w io.Writer, r *Report) error { return Text(w, r, TextOptions{}) }

// reports are of all kinds of policy, of one and of many.
func reports(t testing.TB) map[string]*Report {
	list := map[string]*Report{
		"none":      New(calm, nil, nil),
		"module":    module(t, 12, calm),
		"thrifty":   New(thrifty, []Policy{chained(sample(t, policies[0], thrifty))}, nil),
		"few":       New(few, []Policy{sample(t, policies[6], few)}, nil),
		"stormy":    New(stormy, []Policy{sample(t, policies[1], stormy)}, nil),
		"steadfast": New(steadfast, []Policy{sample(t, policies[7], steadfast)}, nil),
	}
	for _, p := range policies {
		list[p] = New(calm, []Policy{chained(sample(t, p, calm))}, nil)
	}
	return list
}

// Every number that the page shows as one is written in the report's JSON, digit by digit.
func TestNumbersOfPageStandInJSON(t *testing.T) {
	number := regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?`)
	data := regexp.MustCompile(`<data value="([^"]*)">`)
	for name, r := range reports(t) {
		known := map[string]bool{}
		for _, n := range number.FindAllString(show(t, JSON, r), -1) {
			known[n] = true
		}
		shown := data.FindAllStringSubmatch(show(t, HTML, r), -1)
		if len(shown) < 20 && name != "none" {
			t.Errorf("%s: %d numbers only", name, len(shown))
		}
		for _, m := range shown {
			if !known[m[1]] {
				t.Errorf("%s: %s is not in the JSON", name, m[1])
			}
		}
	}
}

// What the page shows outside of such numbers has digits only where they are names or count policies: of percentiles, of
// axes, in code.
func TestPageShowsNoOtherNumbers(t *testing.T) {
	drop := regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<svg.*?</svg>|<text.*?</text>|<data.*?</data>|` +
		`<code.*?</code>|` +
		`<p class="place">.*?</p>|<small>.*?</small>|<p class="count">.*?</p>|<footer>.*?</footer>|<[^>]*>|P99\.9|P\d\d|\d+[\x{a0} ]%|\d+[\x{a0} ]m?s|` +
		`retry [\d,]+|1 policy|jitter=1|&#39;`)
	left := regexp.MustCompile(`.{0,30}\d.{0,30}`)
	for _, name := range []string{"thrifty", "stormy", "steadfast", policies[5]} {
		rest := drop.ReplaceAllString(show(t, HTML, reports(t)[name]), "")
		for _, found := range left.FindAllString(rest, -1) {
			t.Errorf("%s: %q", name, found)
		}
	}
}

func TestDrawingsAreXML(t *testing.T) {
	for name, r := range reports(t) {
		for _, rest := range strings.Split(show(t, HTML, r), "<svg xmlns=")[1:] {
			d := xml.NewDecoder(strings.NewReader("<svg xmlns=" + rest))
			_, err := d.Token()
			if err == nil {
				err = d.Skip()
			}
			if err != nil {
				t.Fatalf("%s: %v in %.300s", name, err, rest)
			}
		}
	}
}

func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v in %.300s", name, err, text)
		}
	}
}

// Words that are terms open their definitions, every link leads somewhere, and every term is used.
func TestTermsAreDefined(t *testing.T) {
	link, used := regexp.MustCompile(`(?:href="#|popovertarget=")([^"]*)"`), map[string]bool{}
	for name, r := range reports(t) {
		page := show(t, HTML, r)
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s: %s is there twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			used[m[1]] = true
			if !ids[m[1]] {
				t.Errorf("%s: nothing is called %s", name, m[1])
			}
		}
	}
	for _, x := range terms {
		if !used[x.ID()] {
			t.Errorf("nothing links to %s", x.Name)
		}
	}
}

// The page has one script, its own, and allows no other.
func TestPageNeedsNothingElse(t *testing.T) {
	page := show(t, HTML, reports(t)["thrifty"])
	for _, bad := range []string{"<link", "src=", "url(", "@import", "ZgotmplZ", "NaN", "Inf", "onclick"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	_, rest, _ := strings.Cut(page, "<script>")
	script, rest, _ := strings.Cut(rest, "</script>")
	sum := sha256.Sum256([]byte(script))
	allowed := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if !strings.Contains(html.UnescapeString(page), allowed) || script != read("page.js") {
		t.Error("the policy does not allow the script")
	}
	if strings.Contains(rest, "<script") {
		t.Error("there is another script")
	}
}

// Names and policies may hold anything.
func TestHostileNames(t *testing.T) {
	const bad = `<script>alert("x")</script>&'` + "\x1b[31m\u202e漢字漢字漢字{{.}}]]>[P50|nothing]@"
	p := chained(sample(t, policies[0], calm))
	p.Task, p.Wrapper, p.Package, p.Text, p.File, p.Link = bad, bad, bad, "if="+bad, bad+".go", "javascript:alert(1)"
	p.Chains[0].Links[0].Name, p.Chains[0].Links[0].Position = bad, bad
	p.Findings = []Finding{{Check: "RL301", Level: "error", Title: bad, Message: bad, Position: bad, Link: "javascript:alert(1)"}}
	r := New(calm, []Policy{p, p}, []string{bad})
	r.Linted, r.Findings, r.Source = true, p.Findings, &Source{Module: bad, Commit: bad, Date: bad, Command: bad}
	page := show(t, HTML, r)
	page = strings.Replace(page, "<script>"+read("page.js"), "", 1)
	for _, s := range []string{"<script", "javascript:", "\x1b", `alert("x")`} {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
	for _, shown := range []string{show(t, text, r), show(t, text, New(calm, []Policy{p}, nil))} {
		if strings.ContainsAny(shown, "\x1b\u202e") {
			t.Error("the text moves the cursor")
		}
		fits(t, "hostile", shown, 80)
	}
	if !json.Valid([]byte(show(t, JSON, r))) {
		t.Error("no JSON")
	}
}

func TestSameReportSameBytes(t *testing.T) {
	for _, write := range []func(io.Writer, *Report) error{text, JSON, HTML, Picture} {
		var all []string
		for range 2 {
			s := thrifty
			f := sample(t, policies[0], s)
			all = append(all, show(t, write, New(s, []Policy{f}, nil)))
		}
		if all[0] != all[1] {
			t.Error("differs from one time to the next")
		}
	}
}

func TestRiskiestFirst(t *testing.T) {
	endless := chained(sample(t, policies[4], calm))
	endless.Task = "Endless"
	list := []Policy{sample(t, policies[4], calm), sample(t, policies[8], calm), sample(t, policies[0], calm), endless, sample(t, policies[2], calm)}
	list = append(list, list[0])
	list[5].Task = "Another"
	var got []string
	for _, p := range New(calm, list, nil).Policies {
		got = append(got, p.Task+" "+p.Text)
	}
	want := []string{
		"Endless retries=0", // around unlimited retries
		"FetchPrice retries=unlimited delay=1s",
		"FetchPrice retries=4 delay=exponential(2s) jitter=3",
		"FetchPrice retries=2 delay=pause budget=shared",
		"Another retries=0",
		"FetchPrice retries=0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestPictures(t *testing.T) {
	for _, p := range []Policy{sample(t, policies[0], thrifty), sample(t, policies[0], calm)} {
		svg := show(t, Picture, New(thrifty, []Policy{p}, nil))
		wellFormed(t, p.Text, svg)
		if !strings.Contains(svg, "prefers-color-scheme: dark") {
			t.Error("no dark colours")
		}
	}
	if err := Picture(io.Discard, New(forecast.Scenario{}, nil, nil)); err == nil {
		t.Error("a picture of nothing")
	}
}
