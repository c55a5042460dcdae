package check

import (
	"strings"
	"testing"
	"testing/fstest"
)

const goodPage = `title: a sleep of a day
analyzer: retrysleep
default: off
since: v0.1.0
fix: shorten it
level: error

Nobody waits that long.

Not even at night.
-- bad.go --
package bad
-- good.go --
package good
`

func TestReadPage(t *testing.T) {
	page, err := readPage(fstest.MapFS{"rl999.txtar": {Data: []byte(goodPage)}}, "RL999")
	want := Page{
		ID: "RL999", Title: "a sleep of a day", Analyzer: "retrysleep", Optional: true, Since: "v0.1.0", Fix: "shorten it",
		Level: "error",
		Why:   "Nobody waits that long.\n\nNot even at night.", Bad: "package bad\n", Good: "package good\n",
	}
	if err != nil || page != want {
		t.Errorf("got %+v (%v), want %+v", page, err, want)
	}
}

func TestReadPageErrors(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"key", "since:", "sinze:", `rl999.txtar: unknown key "sinze"`},
		{"level", "level: error", "level: fatal", `rl999.txtar: level "fatal"; want error, warning or note`},
		{"file", "-- good.go --", "-- better.go --", `rl999.txtar: unknown file "better.go"`},
		{"title", "title: a sleep of a day\n", "", "rl999.txtar: the title is missing"},
		{"reason", goodPage[strings.Index(goodPage, "Nobody"):strings.Index(goodPage, "-- bad")], "", "rl999.txtar: the reason is missing"},
		{"bad", "-- bad.go --\npackage bad\n", "", "rl999.txtar: the bad.go is missing"},
		{"everything", goodPage, "", "rl999.txtar: the title is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(goodPage, test.old, test.new, 1)
			_, err := readPage(fstest.MapFS{"rl999.txtar": {Data: []byte(text)}}, "RL999")
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
