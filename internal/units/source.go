package units

import "time"

// goUnits are the units of package time, the largest first.
var goUnits = []struct {
	size time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
	{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"},
}

// Go returns a duration as a number of the largest unit of package time that divides it: 90 and "Minute" for an hour and a half.
// That of 0 is an hour.
func Go(d time.Duration) (n int64, unit string) {
	i := 0
	for d%goUnits[i].size != 0 {
		i++
	}
	return int64(d / goUnits[i].size), goUnits[i].name
}
