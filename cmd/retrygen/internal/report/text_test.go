package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

var update = flag.Bool("update", false, "accept what is shown as right")

// fits wants lines of a width at most, without spaces at their ends.
func fits(t *testing.T, name, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if columns(line) > width {
			t.Errorf("%s: %d columns: %s", name, columns(line), line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Errorf("%s: spaces at the end: %q", name, line)
		}
	}
}

func TestTextFits(t *testing.T) {
	for name, r := range reports(t) {
		for _, width := range []int{60, 80, 120, 200} {
			var b bytes.Buffer
			if err := Text(&b, r, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			fits(t, name, b.String(), width)
			for _, bad := range []string{"NaN", "Inf", "\x1b", "%!", units.NBSP} {
				if strings.Contains(b.String(), bad) {
					t.Errorf("%s: %q in the text", name, bad)
				}
			}
		}
	}
}

// ASCII is as wide, and says the same.
func TestASCII(t *testing.T) {
	list := reports(t)
	odd := chained(sample(t, policies[5], calm))
	odd.Task = "pricing.Größe漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"
	list["odd"] = New(calm, []Policy{odd}, []string{"“odd” → 漢字"})
	for name, r := range list {
		var b bytes.Buffer
		if err := Text(&b, r, TextOptions{ASCII: true}); err != nil {
			t.Fatal(err)
		}
		fits(t, name, b.String(), 80)
		if at := strings.IndexFunc(b.String(), func(r rune) bool { return r > 126 }); at >= 0 {
			t.Errorf("%s: %.30q is not ASCII", name, b.String()[at:])
		}
		if strings.Count(b.String(), "\n") < strings.Count(show(t, text, r), "\n") {
			t.Errorf("%s: lines are missing", name)
		}
	}
}

// Colour changes nothing but colour.
func TestColour(t *testing.T) {
	for name, r := range reports(t) {
		var b bytes.Buffer
		if err := Text(&b, r, TextOptions{Color: true}); err != nil {
			t.Fatal(err)
		}
		without := strings.NewReplacer(bold, "", dim, "", yellow, "", plain, "").Replace(b.String())
		if without != show(t, text, r) {
			t.Errorf("%s: the text is another with colour", name)
		}
		if without == b.String() {
			t.Errorf("%s: no colour", name)
		}
	}
}

// bare leaves out the style and the script, which have files of their own.
var bare = regexp.MustCompile(`(?s)(<style>|<script>).*?(</style>|</script>)`)

func TestGolden(t *testing.T) {
	all := reports(t)
	for file, shown := range map[string]string{
		"outage.txt":    show(t, text, all["thrifty"]),
		"saturated.txt": show(t, text, all[policies[3]]),
		"within.txt":    show(t, text, all[policies[5]]),
		"module.txt":    show(t, text, all["module"]),
		"one.json":      show(t, JSON, all[policies[7]]),
		"outage.html":   bare.ReplaceAllString(show(t, HTML, all["thrifty"]), "$1$2"),
		"outage.svg":    show(t, Picture, all["thrifty"]),
	} {
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, []byte(shown), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if rounded(shown) != rounded(string(want)) {
			t.Errorf("%s is not what is shown now (go test -update accepts it)", path)
		}
	}
}

// rounded drops digits in which processors differ.
func rounded(text string) string {
	return regexp.MustCompile(`\d+\.\d{7,}`).ReplaceAllStringFunc(text, func(number string) string {
		x, _ := strconv.ParseFloat(number, 64)
		return strconv.FormatFloat(x, 'g', 6, 64)
	})
}

func TestDurations(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0s", 1e-12: "0s", 5e-9: "5ns", 0.00025: "250µs", 0.25: "250ms", 0.9999: "1s", 7.2: "7.2s", 59.96: "1m", 80: "1m20s",
		74.67: "1m15s", 119.99: "2m", 3599.9: "1h", 12345: "3h25m", 86399: "1d", 1.08e6: "12.5d", 1e8: "3.17y", 4.7e9: ">100y", 1e300: ">100y",
	} {
		if got := units.Duration(seconds); got != want {
			t.Errorf("%v s: %s, want %s", seconds, got, want)
		}
	}
}

func TestShares(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0 %", 1: "100 %", 0.5: "50 %", 0.03125: "3.12 %", 0.99757: "99.8 %", 0.9996: "99.96 %", 0.99999: "99.999 %", 0.9999999999: ">99.99999 %",
		0.00001: "0.001 %", 1e-7: "0.00001 %", 1e-10: "<0.00001 %", 2: "200 %", 1.617: "162 %",
	} {
		if got := strings.ReplaceAll(units.Percent(share), units.NBSP, " "); got != want {
			t.Errorf("%v: %s, want %s", share, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("a b  c", uint8(3))
	f.Add("FetchPrice[int,漢字]/with/many.parts", uint8(7))
	f.Fuzz(func(t *testing.T, text string, width uint8) {
		lines := wrap(text, 2+int(width))
		for _, line := range lines {
			if columns(line) > 2+int(width) {
				t.Errorf("%q is wider than %d", line, 2+int(width))
			}
		}
		all := func(text string) string { return strings.ReplaceAll(text, " ", "") }
		if all(strings.Join(lines, "")) != all(clean(text)) {
			t.Errorf("%q is not all of %q", lines, text)
		}
	})
}

func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{1: "1", 1.1111: "1.11", 43.68: "43.7", 999.9: "1,000", 1234.4: "1,234", 1e6: "1,000,000", 4.3e17: "4.3e+17"} {
		if got := units.Number(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}

func TestTicks(t *testing.T) {
	for end, want := range map[float64]string{0: "0s", 1: "0s 200ms 400ms 600ms 800ms 1s", 37: "0s 10s 20s 30s", 121: "0s 30s 1m 1m30s 2m", 4000: "0s 20m 40m 1h"} {
		var got []string
		for _, at := range timeTicks(end, 5) {
			got = append(got, units.Duration(at))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v s: %s, want %s", end, strings.Join(got, " "), want)
		}
	}
}

// TestReset says of one series what its figures are of, and that nothing bounds a call; a timeout below reset does.
func TestReset(t *testing.T) {
	for options, want := range map[string][2]string{
		"retries=3 delay=1 timeout=2m reset=1m":  {"runs for 1m or longer before it fails begins a new series", "any number of series"},
		"retries=3 delay=1 timeout=30s reset=1m": {"begins a new series", "A call takes 2m3s at worst"},
		"retries=3 delay=1 reset=90":             {"runs for 1m30s or longer", "any number of series"},
		"reset=1m retries=0":                     {"At most 1 attempt, and no retry", "an attempt has no timeout"},
	} {
		r := New(forecast.Scenario{}, []Policy{sample(t, options, forecast.Scenario{})}, nil)
		shown := strings.Join(strings.Fields(show(t, text, r)), " ")
		for _, words := range want {
			if !strings.Contains(shown, words) {
				t.Errorf("%s: nothing says %q in\n%s", options, words, shown)
			}
		}
	}
}

// TestOpen checks that nothing is forecast of a policy whose numbers are not known.
func TestOpen(t *testing.T) {
	open := &forecast.Forecast{
		Partial: true, Verdict: &forecast.Verdict{Unknown: []forecast.Figure{forecast.FigureAttempts}},
		Open: []forecast.Value{{Option: "retries", Name: ".cfg.Max"}, {Option: "delay", Name: "wait"}},
	}
	r := New(forecast.Scenario{}, []Policy{{Task: "Fetch", Text: "retries=.cfg.Max delay=wait", Forecast: open}}, nil)
	var text, json, page bytes.Buffer
	if err := Text(&text, r, TextOptions{Width: 120}); err != nil {
		t.Fatal(err)
	}
	if err := JSON(&json, r); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"retries are as .cfg.Max says", "delay is as wait says", "A forecast needs these values"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	for _, never := range []string{"At most", "give up", "average"} {
		if strings.Contains(text.String(), never) {
			t.Errorf("the text has %q:\n%s", never, text.String())
		}
	}
	for _, never := range []string{`"attempts": 0`, `"retries":`, `"timeline"`} {
		if strings.Contains(json.String(), never) {
			t.Errorf("the JSON has %s:\n%s", never, json.String())
		}
	}
}
