package retry

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
)

// Option changes what directives say: with [With] for the calls below a context, with [Override] for the whole process.
type Option struct {
	apply func(*settings)
	task  string   // of For; "" for every task
	inner []Option // of For
}

// settings are the options in force for one call.
type settings = bridge.Settings[Event]

// Retries replaces the number of retries by n, which is [Unlimited] or at least 0. Any other number counts as 0.
func Retries(n int) Option {
	if n < 0 && n != Unlimited {
		n = 0
	}
	return Option{apply: func(s *settings) { s.Retries, s.HasRetries = n, true }}
}

// NoDelay makes every retry begin at once, which suits tests.
func NoDelay() Option { return Option{apply: func(s *settings) { s.NoDelay = true }} }

// NoJitter makes waits the schedule's own, and the wait that an error asks for no longer than it asks, so that a test can
// name each wait. With jitter=decorrelated every wait is then the first delay.
func NoJitter() Option { return Option{apply: func(s *settings) { s.NoJitter = true }} }

// Random draws jitter from a source, so that a test can repeat its waits. A lock guards the source, so that calls below
// the context may run at the same time. A nil source changes nothing.
func Random(src rand.Source) Option {
	if src == nil {
		return Option{apply: func(*settings) {}}
	}
	guarded := &source{src: src}
	return Option{apply: func(s *settings) { s.Random = guarded }}
}

type source struct {
	lock sync.Mutex
	src  rand.Source
}

func (s *source) Uint64() uint64 {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.src.Uint64()
}

// Observer calls a function with the events of the calls below the context, before the functions that [Observe]
// installed. Observers add up. The function is called in the goroutine that retries and must be safe for concurrent use.
func Observer(observe func(context.Context, Event)) Option {
	return Option{apply: func(s *settings) {
		if observe != nil {
			s.Observers = append(s.Observers, observe)
		}
	}}
}

// NoCheckpoints runs tasks that an earlier attempt of the flow has run already, and records nothing of them.
func NoCheckpoints() Option {
	return Option{apply: func(s *settings) { s.Checkpoints = bridge.SkipCheckpoints }}
}

// RefreshCheckpoints runs tasks again and overwrites what is recorded of them. Above a flow, it does so with the records
// of earlier processes; records of this run's own attempts are still used. Within an attempt of a flow, it does so with
// the records of earlier attempts too.
func RefreshCheckpoints() Option {
	return Option{apply: func(s *settings) { s.Checkpoints = bridge.RefreshCheckpoints }}
}

// FreshAttempts makes a flow forget how many attempts earlier calls under the name of its run have begun, and when the
// next one is due: it counts from 1 and begins at once. Recorded results are still used. It is for a person who starts a
// flow again whose attempts are used up, see [ReasonAttempts]; a program that always uses it may crash for ever.
func FreshAttempts() Option { return Option{apply: func(s *settings) { s.FreshAttempts = true }} }

// For limits options to one task. The name is the task's full name: the import path of its package and the function, the
// method or the interface's method, without a star and without type arguments, as in
// "example.com/shop/pricing.FetchPrice" and "example.com/shop/pricing.Client.Get". A part that follows a slash is enough,
// as in "pricing.FetchPrice". If several names of the same call match a task, the longest wins, option by option. In
// nested calls of For every name has to match.
func For(task string, options ...Option) Option {
	return Option{task: task, inner: slices.Clone(options)}
}
