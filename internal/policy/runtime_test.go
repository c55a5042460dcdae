package policy

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// numericOptions are those that a retry.Policy has.
const numericOptions = "retries attempts delay jitter cap timeout within reset"

// refused reports whether a text is no retry.Policy by the rules of this package: it has mistakes, or options, names or
// comments, which directives alone may have.
func refused(text string) (p Policy, refused bool) {
	p, problems := Parse(text, 0)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }) {
		name, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(word, "//") || !strings.Contains(" "+numericOptions+" ", " "+name+" ") {
			return p, true
		}
	}
	return p, len(problems)+len(p.Check())+len(p.Names())+len(p.Operands()) > 0
}

// sameLanguage compares what a directive and a retry.Policy make of a text.
func sameLanguage(t *testing.T, text string) {
	t.Helper()
	want, bad := refused(text)
	got, err := retry.ParsePolicy(text)
	switch {
	case bad != (err != nil):
		t.Errorf("%q: as a directive %q, refused: %t; as a value %q, %v", text, want, bad, got, err)
	case !bad && got.String() != want.String():
		t.Errorf("%q: as a directive %q, as a value %q", text, want, got)
	}
}

// pieces are values of each option, some of them wrong.
var pieces = map[string]string{
	"number":   "0 1 2 5 007 2.50 0.1 003.500 1000000 1000001 1e3 .5 5. 1.2345678901234567890",
	"count":    "0 1 4 007 unlimited none 2147483646 2147483647 99999999999999999999 -1 x",
	"duration": "5 250ms 1m30s 2.7182 1h 1.5h 5µs 0.000000001 0 0s none 5x -1s 10000000h 9223372037 0.0000000001 name",
	"word":     "none full equal decorrelated ful name",
	"sign":     "~ ~ + -",
}

// texts returns random texts that are made of pieces of the language.
func texts(r *rand.Rand) string {
	pick := func(list string) string { all := strings.Fields(list); return all[r.IntN(len(all))] }
	piece := func(kind string) string { return pick(pieces[kind]) }
	delay := func() string {
		return []string{
			piece("duration"), piece("duration"), piece("duration") + "," + piece("duration"), "[" + piece("duration") + "]",
			pick("exponential linear fibonacci expo") + "(" + piece("duration") + ")",
			"exponential(" + piece("duration") + ",base=" + piece("number") + ")",
		}[r.IntN(6)]
	}
	jitter := func() string {
		return []string{piece("word"), piece("number"), piece("sign") + piece("number") + "%", piece("sign") + piece("duration")}[r.IntN(4)]
	}
	var b strings.Builder
	for range 1 + r.IntN(4) {
		name, value := pick(numericOptions), piece("duration")
		switch name {
		case "retries", "attempts":
			value = piece("count")
		case "delay":
			value = delay()
		case "jitter":
			value = jitter()
		}
		b.WriteString(name + "=" + value + " ")
	}
	text := []byte(strings.ReplaceAll(b.String(), "~", ""))
	if r.IntN(5) == 0 {
		text[r.IntN(len(text))] = " \t\n=,()[]+-%.0/#\""[r.IntN(15)]
	}
	return string(text)
}

// TestSameLanguage reads random texts as directives and as values of type retry.Policy.
func TestSameLanguage(t *testing.T) {
	r, accepted := rand.New(rand.NewPCG(1, 2)), 0
	for range 10_000 {
		text := texts(r)
		if sameLanguage(t, text); t.Failed() {
			return
		}
		if _, bad := refused(text); !bad {
			accepted++
		}
	}
	if accepted < 1000 {
		t.Errorf("%d texts are accepted, want more to compare", accepted)
	}
}

// TestSameMessages compares what both say of one mistake, and where. Of some mistakes a directive says more.
func TestSameMessages(t *testing.T) {
	for _, text := range []string{
		"retires=4", "delay=1 dealy=2", "retries=2147483647", "retries", "attempts=0", "attempts=unlimited", "delay=linear(1,base=2)",
		"delay=exponental(1)", "delay=exponential(1,base=0)", "delay=5x", "delay=9999999999", "jitter=120%", "jitter=1000001",
		"delay=1 within=1x", "retries=1 delay=0 jitter=1", "cap=3 retries=1 delay=none",
	} {
		p, problems := Parse(text, 0)
		problems = append(problems, p.Check()...)
		_, err := retry.ParsePolicy(text)
		var mistake *retry.PolicyError
		if !errors.As(err, &mistake) || len(problems) != 1 {
			t.Errorf("%q: %v and %v", text, problems, err)
			continue
		}
		if mistake.Offset != problems[0].Pos || mistake.Message != problems[0].Message {
			t.Errorf("%q\nas a directive: %d: %s\nas a value:     %d: %s", text, problems[0].Pos, problems[0].Message, mistake.Offset, mistake.Message)
		}
	}
}

func FuzzSameLanguage(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		f.Add(texts(r))
	}
	f.Fuzz(sameLanguage)
}
