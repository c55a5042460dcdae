package advice

import (
	"regexp"
	"strconv"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// notDurations matches what stands between the signs of an option and is not a bare number: names, and numbers with a unit or
// a fraction.
var (
	durationOption = regexp.MustCompile(`^(?:delay|cap|timeout|within)=`)
	notDurations   = regexp.MustCompile(`base=[0-9.]+|[^=(,\[\])]*[^0-9=(,\[\])][^=(,\[\])]*`)
	bareNumber     = regexp.MustCompile(`[0-9]+`)
)

// unitless finds numbers without a unit that look like milliseconds.
func unitless(s Subject) []Remark {
	var list []Remark
	for e := range s.Policy.Entries() {
		if !e.IsSet() || s.Word == nil {
			continue
		}
		word := s.Word(e.Pos)
		if !durationOption.MatchString(word) {
			continue
		}
		for _, number := range bareNumber.FindAllString(notDurations.ReplaceAllString(word, ""), -1) {
			if n, err := strconv.Atoi(number); err == nil && looksLikeMilliseconds(n) {
				list = append(list, remark(e.Pos, Fix{},
					"%s: a number without a unit is seconds, and %s s are %s; write %sms, or %ss if that is meant",
					policy.Shown(word), number, policy.Spell(time.Duration(n)*time.Second), number, number))
				break
			}
		}
	}
	return list
}

// looksLikeMilliseconds reports whether a number is more likely to be milliseconds than seconds: round, from 500 on, and
// not whole minutes.
func looksLikeMilliseconds(n int) bool {
	const least, round, minute = 500, 50, 60
	return n >= least && n%round == 0 && n%minute != 0 && n < int(24*time.Hour/time.Second)
}
