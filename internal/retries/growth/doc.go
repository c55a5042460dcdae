// Package growth finds delays that grow from attempt to attempt, and computes where they overflow:
//
//	func backoff(attempt int) time.Duration {
//		d := time.Second << attempt
//		if d > 30*time.Second {
//			d = 30 * time.Second
//		}
//		return d
//	}
//
// The [Delay] of this function has the site time.Second << attempt. For the number 34 the shift is 1<<34 seconds, more than
// a time.Duration holds: what is left is negative, not above the cap, and returned. So Overflows is 35, the 35th attempt.
// Capped is true, since up to then nobody waits for longer than 30 seconds: a loop gets there in about a quarter of an hour,
// and never waits again. [Delay.Reaches] reports true. With min(attempt, 5) as the exponent Overflows is 0.
//
// # How it works
//
// Functions run on abstract values: an interval, and what can be left of numbers outside of it that do not fit their type.
// That is a negative number, zero, or something huge. Doubling a positive number leaves a negative one at first. A shift
// leaves nothing once all bits are gone. A float that is too large becomes another integer on each kind of machine.
// So a comparison says exactly what it does: d > most lets pass what is negative, d == 0 too, and d <= 0 does not.
// Where a delay below a minimum is raised to it, a delay that has overflowed falls back to that minimum ([Delay.Falls]).
//
// The attempts are the rounds of a loop, found in the control-flow graph, or calls of a function: its parameter, a field or
// the result of a call counts them, or it doubles what it keeps. Each round runs on its own. So a counter is one number, and
// a constant bound ends the run as it ends the loop. Where rounds do not end, running stops once nothing grows any more.
//
// What is configured is not known. Such a delay is taken to be from a nanosecond to a day, a factor to be at most 10, and a
// limit of attempts to be any: it bounds nothing. A time for all attempts is taken to be five minutes. A maximum at which an
// exponent is held bounds it. A delay that overflows has to do so for a second and a factor of 2 as well.
//
// A limit that the package sets to constants alone is one, though. Where a time ends the rounds, nothing gets to what overflows
// later. A context from outside ends them nobody knows when, so that a wait which grows without a maximum has no limit.
//
// A function of the same package that takes or computes a delay runs where it is called, and so does one that computes a
// power for it. What callers of other packages have to know is a [Backoff], a fact.
package growth
