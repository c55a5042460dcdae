package directives

import (
	"go/token"
	"regexp"
	"strconv"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL111", eachKnown(rl111)).Over("RL106")

// notDurations matches what stands between the signs of an option and is not a bare number: names, and numbers with a unit or
// a fraction.
var (
	durationOption = regexp.MustCompile(`^(?:delay|cap|timeout|within)=`)
	notDurations   = regexp.MustCompile(`base=[0-9.]+|[^=(,\[\])]*[^0-9=(,\[\])][^=(,\[\])]*`)
	bareNumber     = regexp.MustCompile(`[0-9]+`)
)

// rl111 finds numbers without a unit that look like milliseconds.
func rl111(p *check.Pass, fn *directive.Func) {
	for e := range fn.Policy.Entries() {
		pos := token.Pos(e.Pos)
		if !e.IsSet() || p.FileOf(pos) == nil {
			continue
		}
		word := p.Word(pos)
		if !durationOption.MatchString(word) {
			continue
		}
		for _, number := range bareNumber.FindAllString(notDurations.ReplaceAllString(word, ""), -1) {
			n, err := strconv.Atoi(number)
			if err != nil || !looksLikeMilliseconds(n) {
				continue
			}
			p.Report(check.Finding{
				Pos: pos, End: p.WordEnd(pos), Subject: pos,
				Message: policy.Shown(word) + ": a number without a unit is seconds, and " + number + " s are " +
					policy.Spell(time.Duration(n)*time.Second) + "; write " + number + "ms, or " + number + "s if that is meant",
			})
			break
		}
	}
}

// looksLikeMilliseconds reports whether a number is more likely to be milliseconds than seconds: round, from 500 on, and
// not whole minutes.
func looksLikeMilliseconds(n int) bool {
	const least, round, minute = 500, 50, 60
	return n >= least && n%round == 0 && n%minute != 0 && n < int(24*time.Hour/time.Second)
}
