package policy

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestParse checks how policies print, which is how they parse again.
func TestParse(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"seconds", "retries=4 delay=5", "retries=4 delay=5s"},
		{"fraction", "retries=unlimited delay=2.7182", "retries=unlimited delay=2.7182s"},
		{"comment", "delay=[1,2,4] // as in Prefect", "delay=[1s,2s,4s]"},
		{"comment alone", "// retries=4", ""},
		{"tabs and line ends", "\tretries=1\r\n delay=1\n", "retries=1 delay=1s"},
		{"list", "delay=1,2 jitter=20%", "delay=[1s,2s] jitter=20%"},
		{"list of one", "delay=[1]", "delay=1s"},
		{"exponential", "delay=exponential(2)", "delay=exponential(2s)"},
		{"base", "delay=exponential(500ms,base=1.5) cap=1m", "delay=exponential(500ms,base=1.5) cap=1m0s"},
		{"zeros", "delay=exponential(1,base=003.500) jitter=00.10", "delay=exponential(1s,base=3.5) jitter=0.1"},
		{"attempts", "attempts=5", "retries=4"},
		{"one attempt", "attempts=1", "retries=0"},
		{"no attempts of lower layers", "attempts=none", "retries=none"},
		{"names for numbers", "retries=.cfg.Max delay=exponential(.cfg.Min,base=.cfg.Base) jitter=spread cap=max timeout=t within=w reset=r",
			"retries=.cfg.Max delay=exponential(.cfg.Min,base=.cfg.Base) jitter=spread cap=max timeout=t within=w reset=r"},
		{"names for attempts", "attempts=opts.Max", "attempts=opts.Max"},
		{"names in lists", "delay=min,2,time.Minute", "delay=[min,2s,time.Minute]"},
		{"names in schedules", "delay=linear(step) cap=net/http.Wait", "delay=linear(step) cap=net/http.Wait"},
		{"a list of one name", "delay=[min]", "delay=min"},
		{"jitter above", "jitter=+20%", "jitter=+20%"},
		{"jitter below", "jitter=-20.50%", "jitter=-20.5%"},
		{"far above", "jitter=+1000%", "jitter=+1000%"},
		{"jitter by a duration", "jitter=100ms", "jitter=100ms"},
		{"above by a duration", "jitter=+0.1s", "jitter=+100ms"},
		{"below by a duration", "jitter=-1m", "jitter=-1m0s"},
		{"a percentage by name", "jitter=p%", "jitter=p%"},
		{"signs before names", "jitter=+.cfg.Spread", "jitter=+.cfg.Spread"},
		{"signs before percentages by name", "jitter=-p%", "jitter=-p%"},
		{"linear", "delay=linear(2) jitter=full", "delay=linear(2s) jitter=full"},
		{"function", "delay=backoff if=.worth", "delay=backoff if=.worth"},
		{"calls", "if=worth(ctx,err,.name) notify=log() delay=.backoff(attempt.Number,resp) discard=a.b/c.D(result1)",
			"delay=.backoff(attempt.Number,resp) if=worth(ctx,err,.name) notify=log() discard=a.b/c.D(result1)"},
		{"errors", "on=ErrA,*net.OpError except=net/http.ErrAbort", "on=ErrA,*net.OpError except=net/http.ErrAbort"},
		{"path without a slash", "on=gopkg.in/yaml.v3.TypeError as=Again", "on=gopkg.in/yaml.v3.TypeError as=Again"},
		{"flag", "retries=none checkpoint policy=Patient within=1h", "retries=none within=1h0m0s checkpoint policy=Patient"},
		{"flag with a word", "checkpoint=durable", "checkpoint=durable"},
		{"flag cleared", "checkpoint=none", "checkpoint=none"},
		{"end of a series, an error and an observer", "observe error=last reset=90 retries=1", "retries=1 reset=1m30s error=last observe"},
		{"the same cleared", "observe=none error=none reset=none", "reset=none error=none observe=none"},
		{"letters beyond ASCII", "if=größer as=Wörter", "if=größer as=Wörter"},
		{"most retries", "retries=2147483646", "retries=2147483646"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, problems := Parse(test.text, 0)
			if got := p.String(); got != test.want || len(problems) > 0 {
				t.Errorf("Parse(%q) = %q, %v; want %q", test.text, got, problems, test.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	nines := strings.Repeat("9", 155)
	for _, test := range []struct{ name, text, want string }{
		{"misspelled option", "retires=4", `0: unknown option "retires": did you mean "retries"?`},
		{"no option", "hello", `0: "hello" is not an option; an option is name=value, such as retries=3, and a comment begins with //`},
		{"unknown option", "hello=1", `0: unknown option "hello": want one of ` + strings.Join(optionNames(), ", ")},
		{"twice", "retries=4 retries=5", "10: retries is given twice"},
		{"twice after none", "retries=none retries=5", "13: retries is given twice"},
		{"sign", "retries=-1", "0: retries=-1: -1 is not a number of retries; write retries=unlimited, if there is to be no limit"},
		{"too many", "retries=2147483647", "0: retries=2147483647: too many; want at most 2147483646, or unlimited"},
		{"no value", "retries", "0: retries has no value; want retries=0, 1, 2, … or unlimited"},
		{"a flag with a value", "observe=yes", "0: observe=yes: write observe"},
		{"an empty flag", "observe=", "0: observe=: write observe"},
		{"an argument is no name", "if=f(err,3)", `0: if=f(err,3): "3" cannot be an argument; want a name or what is selected from one, ` +
			"such as err, attempt.Number or .client"},
		{"an argument is missing", "if=f(err,)", "0: if=f(err,): an argument is empty; want names with commas between them"},
		{"a call is open", "if=f(err", "0: if=f(err: want f(…), with a closing parenthesis at the end"},
		{"no function", "if=(err)", "0: if=(err): \"\" is not a name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed"},
		{"no series", "reset=0", "0: reset=0: 0 is no time at all; write reset=none, or leave it out"},
		{"a negative series", "reset=-1s", "0: reset=-1s: a duration is never negative; want seconds such as 5 or 2.5, or 250ms, 1m30s"},
		{"another word", "error=first", "0: error=first: want last"},
		{"nearly the word", "error=lats", "0: error=lats: did you mean last?"},
		{"the word alone", "error", "0: error has no value; want error=last"},
		{"empty value", "checkpoint=", "0: checkpoint=: write checkpoint"},
		{"misspelled schedule", "retries=1 delay=exponental(2)",
			`10: delay=exponental(2): no schedule is called "exponental": did you mean exponential(…)?`},
		{"schedule without parentheses", "delay=linear", "0: delay=linear: the first wait is missing; write delay=linear(1), with the " +
			"first wait in parentheses"},
		{"schedule that is not closed", "delay=linear(2", "0: delay=linear(2: the parenthesis is not closed; write delay=linear(2)"},
		{"schedule with too much", "delay=linear(2,3)", "0: delay=linear(2,3): linear takes the first wait alone"},
		{"base of 0", "delay=exponential(2,base=0)", "0: delay=exponential(2,base=0): base must be more than 0"},
		{"more digits than fit", "delay=exponential(2,base=0.10000000000000000001)",
			`0: delay=exponential(2,base=0.10000000000000000001): "0.10000000000000000001" has more digits than a float64 holds; want at most 15`},
		{"large base", "delay=exponential(2,base=1000001)", "0: delay=exponential(2,base=1000001): want a base of at most 1000000"},
		{"base of 155 digits", "delay=exponential(1,base=" + nines + ")",
			"0: delay=exponential(1,base=" + nines + `): "` + nines + `" has more digits than a float64 holds; want at most 15`},
		{"base of 400 digits", "delay=exponential(1,base=1" + strings.Repeat("0", 400) + ")",
			"0: delay=exponential(1,base=1" + strings.Repeat("0", 200-len("delay=exponential(1,base=1")) + `…: "1` + strings.Repeat("0", 199) + `…" is too large`},
		{"factor of 17 digits", "jitter=0.12345678901234567",
			`0: jitter=0.12345678901234567: "0.12345678901234567" has more digits than a float64 holds; want at most 15`},
		{"empty entry", "delay=1,,2", "0: delay=1,,2: an entry of the list is empty; write delay=1,2"},
		{"one bracket", "delay=[1,2", "0: delay=[1,2: a list has both brackets or none; write delay=1,2"},
		{"negative delay", "delay=-5", "0: delay=-5: a duration is never negative; want seconds such as 5 or 2.5, or 250ms, 1m30s"},
		{"percentage", "jitter=120%", "0: jitter=120%: want at most 100%, since no wait can be negative"},
		{"jitter by truth", "jitter=true", "0: jitter=true: say how far the waits spread; write jitter=full, or jitter=20%"},
		{"a sign without a unit", "jitter=+3", "0: jitter=+3: after the sign want a percentage such as +20%, or a duration with its unit such as +100ms"},
		{"a sign alone", "jitter=-", "0: jitter=-: after the sign want a percentage such as -20%, or a duration with its unit such as -100ms"},
		{"more than all", "jitter=-120%", "0: jitter=-120%: want at most 100%, since no wait can be negative"},
		{"far more", "jitter=+1000001%", "0: jitter=+1000001%: want at most +1000000%"},
		{"no attempt", "attempts=0", "0: attempts=0: the first attempt counts; want 1, 2, …"},
		{"attempts without limit", "attempts=unlimited", "0: attempts=unlimited: write retries=unlimited"},
		{"half an attempt", "attempts=1.5", "0: attempts=1.5: attempts are a whole number"},
		{"attempts twice", "attempts=1 attempts=2", "11: attempts is given twice"},
		{"attempts and retries", "attempts=1 retries=2", "11: retries and attempts are one option, which is given twice"},
		{"retries and attempts", "retries=none attempts=2", "13: attempts and retries are one option, which is given twice"},
		{"a keyword for a number", "cap=func", `0: cap=func: "func" is not a duration; want seconds such as 5 or 2.5, or 250ms, 1m30s`},
		{"cap of 0", "cap=0", "0: cap=0: 0 is no time at all; write cap=none, or leave it out"},
		{"keyword", "as=func", "0: as=func: want a Go identifier that is not a keyword"},
		{"blank", "as=_", "0: as=_: want a Go identifier that is not a keyword"},
		{"predeclared", "as=nil", "0: as=nil: the name is predeclared in Go; choose another"},
		{"as=none", "as=none", "0: as=none has no meaning: as is never inherited"},
		{"name", "if=a..b", `0: if=a..b: "a..b" is not a name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed`},
		{"path without a name", "if=net/http", `0: if=net/http: "net/http" is an import path without a name; want path.Name`},
		{"no delay", "retries=3 delay=0 jitter=1 cap=5", "18: jitter without a delay: there is no wait to spread; " +
			"give delay= a value or drop jitter=; 27: cap without a delay: there is no wait to cut; give delay= a value or drop cap="},
		{"control characters", "if=a\x1b[31mb\x00\u202e\xff",
			`0: if=a\x1b[31mb\x00\u202e\xff: "a\x1b[31mb\x00\u202e\xff" is not a name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed`},
		{"control characters in a name", "re\x1btries=1", `0: unknown option "re\x1btries": did you mean "retries"?`},
		{"control characters in a duration", "delay=1\x1b",
			`0: delay=1\x1b: "1\x1b" is not a duration; want seconds such as 5 or 2.5, or 250ms, 1m30s`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, problems := Parse(test.text, 0)
			problems = append(problems, p.Check()...)
			var list []string
			for _, problem := range problems {
				list = append(list, fmt.Sprintf("%d: %s", problem.Pos, problem.Message))
			}
			if got := strings.Join(list, "; "); got != test.want {
				t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
			}
		})
	}
}

// TestPredeclared compares the names that as= refuses with those that Go declares.
func TestPredeclared(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(predeclared)), types.Universe.Names(); !slices.Equal(got, want) {
		t.Errorf("predeclared is %v, want %v", got, want)
	}
	for _, name := range append(types.Universe.Names(), "break", "func", "type") {
		if _, problems := Parse("as="+name, 0); len(problems) != 1 {
			t.Errorf("as=%s: %v, want one problem", name, problems)
		}
	}
}

// TestLongTexts checks that no message shows more than 200 characters of an option.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	for i := range options {
		for _, value := range []string{long, "1" + long, "(" + long, "1," + long, "exponential(1," + long + ")"} {
			_, problems := Parse(options[i].Name+"="+value, 0)
			for _, p := range problems {
				if n := utf8.RuneCountInString(p.Message); n > 2*longest+200 {
					t.Errorf("%s=…: a message of %d characters: %s", options[i].Name, n, p.Message)
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"retires", "retries"}, {"dealy", "delay"}, {"Delay", "delay"}, {"d", ""}, {"on", ""}, {"os", "on"}, {"I", "i"}, {"timout", "timeout"},
		{"nothing", ""}, {"", ""}, {"exponental", "exponential"},
	} {
		got, ok := Nearest(test.word, []string{"retries", "delay", "on", "i", "timeout", "exponential"})
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Nearest(%q) = %q, %t; want %q", test.word, got, ok, test.want)
		}
	}
}
