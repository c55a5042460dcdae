package check

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/go/analysis"
)

// pages returns pages for checks of the analyzer retrysleep.
func pages(ids ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, id := range ids {
		text := strings.Replace(goodPage, "default: off\n", "", 1)
		files[strings.ToLower(id)+".txtar"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

var sleepGroup = []Group{{Name: "retrysleep", Title: "check sleeps"}}

func nothing(*Pass) {}

// TestRefused makes mistakes that would otherwise show when a user runs the checks. The program does not start with them.
func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name, want string
		make       func()
	}{
		{"no page", "check RL998: its page: open rl998.txtar: file does not exist", func() { NewList(pages("RL999")).Add("RL998", nothing) }},
		{"no identifier", `check: "sleep" is no identifier`, func() { NewList(pages()).Add("sleep", nothing) }},
		{"page without check", "page rl999.txtar belongs to no check", func() { NewSuite(sleepGroup, NewList(pages("RL999"))) }},
		{"twice", "check RL999 is there twice", func() {
			list := NewList(pages("RL999"))
			list.Add("RL999", nothing)
			list.Add("RL999", nothing)
			NewSuite(sleepGroup, list)
		}},
		{"unknown analyzer", `check RL999: there is no analyzer "retrysleep"`, func() {
			list := NewList(pages("RL999"))
			list.Add("RL999", nothing)
			NewSuite(nil, list)
		}},
		{"precedence over nothing", "check RL999 cannot have precedence over RL998", func() {
			list := NewList(pages("RL999"))
			list.Add("RL999", nothing).Over("RL998")
			NewSuite(sleepGroup, list)
		}},
		{"precedence in a circle", "check RL998 cannot have precedence over RL999", func() {
			list := NewList(pages("RL998", "RL999"))
			list.Add("RL998", nothing).Over("RL999")
			list.Add("RL999", nothing).Over("RL998")
			NewSuite(sleepGroup, list)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != test.want {
					t.Errorf("panics with %s, want %s", got, test.want)
				}
			}()
			test.make()
		})
	}
}

// TestParams sets parameters of two analyzers of one suite.
func TestParams(t *testing.T) {
	wait := Param[time.Duration]{Name: "max-sleep", Default: time.Hour, Usage: "the longest sleep"}
	most := Param[int]{Name: "most", Default: 3, Usage: "the most sleeps"}
	list := NewList(pages("RL999"))
	list.Add("RL999", nothing).With(wait).With(most)
	suite := NewSuite(sleepGroup, list)
	one, other := suite.Analyzers()[0], suite.Analyzers()[0]
	for name, value := range map[string]string{"max-sleep": "2h", "most": "4"} {
		if err := one.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		analyzer *analysis.Analyzer
		wait     time.Duration
		most     int
	}{{one, 2 * time.Hour, 4}, {other, time.Hour, 3}} {
		p := &Pass{Pass: &analysis.Pass{Analyzer: test.analyzer}}
		if wait.Of(p) != test.wait || most.Of(p) != test.most {
			t.Errorf("got %s and %d, want %s and %d", wait.Of(p), most.Of(p), test.wait, test.most)
		}
	}
}
