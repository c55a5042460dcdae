// Package loop finds loops that retry by hand, and says what they do. It looks at the control flow of functions and at types,
// and not at how the statements are written: a for, a range and a goto, an err == nil, a predicate and a status code are the
// same to it.
//
// A loop of the control flow retries when the way back to its head is taken because an operation has been judged to have
// failed, and the next round does the same operation on the same subject. For
//
//	for attempt := 0; attempt < c.limit; attempt++ {
//		resp, err := c.http.Do(req)
//		if err == nil && resp.StatusCode < 500 {
//			return resp, nil
//		}
//		if errors.Is(err, context.Canceled) {
//			return nil, err
//		}
//		time.Sleep(c.delay << attempt)
//	}
//	return nil, errTooOften
//
// [New] returns a model with one [Loop]:
//
//   - Operation is c.http.Do(req). It is the first call whose results are judged; calls that only compute something from
//     results are passed through.
//   - Judges are err == nil, a [NilError], and resp.StatusCode < 500, a [Value].
//   - Bound has the counter attempt and the limit c.limit. Its number of attempts is 0, since c.limit is no constant.
//   - Waits has one wait with the delay c.delay << attempt, that sleeps: nothing but time ends it.
//     [Loop.WaitsAfterLast] reports that it is made after the last attempt too.
//   - Exits are one that has [Succeeded], one that has been [Cancelled], and one where the attempts are [Exhausted].
//     [Loop.Exhausted] returns how the function ends in that case: return nil, errTooOften.
//   - Body is the block of the for statement.
//
// What the operation does with another subject in each round is no retry: an element of a list, a job from a channel, the
// next page. Neither is work that is done again after a success and a failure alike. A loop that serves or watches, and
// waits after failures alone, does retry; its GoesOn is true.
//
// A loop that sleeps in every round until something has come about, or that connects again whenever it has lost its connection,
// polls: its Polling are all of its waits. If it does not tell a failure from a success besides, it has no Judges and is one of
// the [Model]'s Awaits.
//
// A wait is for nothing if three things hold. A limit ends the loop after it, whatever the attempts have returned: a number, or a delay
// that grows. No attempt and no other look follows before that. And the function gives up there. The [Model]'s Polls, which are no retry
// loops but look for something several times, may have such waits too, and so may its Recursions: functions that try again by
// calling themselves. To connect again, or to make ready otherwise for an attempt that does not follow, is for nothing too.
//
// Functions that a loop calls are known by a [Summary], a fact that crosses packages: whether they wait, and what ends
// that; whether they judge errors by their text or know those of contexts. A function that does something else and may
// wait when that is done pauses: calls of such are the Pauses of a loop.
package loop
