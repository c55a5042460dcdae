package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours reads the variables of a style: for light, for dark and for print.
func colours(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	modes := map[string]map[string]string{"light": {}, "dark": {}, "print": {}}
	mode := "light"
	for line := range strings.Lines(read(name)) {
		switch {
		case strings.Contains(line, "prefers-color-scheme: dark"):
			mode = "dark"
		case strings.HasPrefix(line, "@media print"):
			mode = "print"
		}
		for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]+)`).FindAllStringSubmatch(line, -1) {
			if _, known := modes[mode][m[1]]; !known {
				modes[mode][m[1]] = m[2]
			}
		}
	}
	return modes
}

// luminance is that of WCAG 2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	digits := strings.TrimPrefix(colour, "#")
	if len(digits) == 3 {
		digits = fmt.Sprintf("%[1]c%[1]c%[2]c%[2]c%[3]c%[3]c", digits[0], digits[1], digits[2])
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(colour, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast wants 4.5:1 of text and 3:1 of what is drawn, on every background that it stands on.
func TestContrast(t *testing.T) {
	for _, test := range []struct {
		file, grounds, colours string
		want                   float64
	}{
		{"page.css", "paper wash", "ink soft link bad poor good unseen", 4.5},
		{"chart.css", "paper shade", "ink soft", 4.5},
		{"chart.css", "paper", "early late last other o0 o1 o2 o3 o4 o5 o6", 3},
		{"chart.css", "shade", "early other o0 o1 o2 o3 o4 o5 o6", 3},
	} {
		for mode, known := range colours(t, test.file) {
			for ground := range strings.FieldsSeq(test.grounds) {
				for colour := range strings.FieldsSeq(test.colours) {
					if known[colour] == "" || known[ground] == "" {
						t.Fatalf("%s, %s: there is no %s or %s", test.file, mode, colour, ground)
					}
					if got := contrast(t, known[colour], known[ground]); got < test.want {
						t.Errorf("%s, %s: %s on %s has %.2f:1, want %v", test.file, mode, colour, ground, got, test.want)
					}
				}
			}
		}
	}
}
