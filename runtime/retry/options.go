package retry

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
)

// Option changes what directives say, for the calls below a context.
type Option struct {
	task  string // "" for every task
	apply func(*settings)
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
// installed. Observers add up.
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
// those of earlier attempts too.
func RefreshCheckpoints() Option {
	return Option{apply: func(s *settings) { s.Checkpoints = bridge.RefreshCheckpoints }}
}

// For limits options to one task, named as in errors and events: "pkg.Func" or "pkg.Type.Method". In nested calls the
// names must agree.
func For(task string, options ...Option) Option {
	options = slices.Clone(options)
	return Option{task: task, apply: func(s *settings) {
		for _, o := range options {
			if o.apply != nil && (o.task == "" || o.task == task) {
				o.apply(s)
			}
		}
	}}
}

// With returns a context below which options replace what directives say. The nearest context wins, option by option.
// Within one call of With, options for a named task override general ones. Wrappers look for options only after a
// failure, or where results may be remembered, and only in programs that call With.
func With(ctx context.Context, options ...Option) context.Context {
	inUse.Store(true)
	outer, _ := ctx.Value(optionsKey{}).(*layer)
	return context.WithValue(ctx, optionsKey{}, &layer{outer, slices.Clone(options)})
}

type optionsKey struct{}

// layer holds the options of one call of With.
type layer struct {
	outer   *layer
	options []Option
}

// inUse saves programs that never call With the look into the context.
var inUse atomic.Bool

// apply applies the options for a task, the outermost first.
func (l *layer) apply(task string, s *settings) {
	if l == nil {
		return
	}
	l.outer.apply(task, s)
	for _, o := range l.options {
		if o.task == "" && o.apply != nil {
			o.apply(s)
		}
	}
	for _, o := range l.options {
		if o.task != "" && o.task == task {
			o.apply(s)
		}
	}
}

// settingsFor returns the options in force for a task, nil if there are none.
func settingsFor(ctx context.Context, task string) *settings {
	if !inUse.Load() {
		return nil
	}
	options, _ := ctx.Value(optionsKey{}).(*layer)
	if options == nil {
		return nil
	}
	s := &settings{}
	options.apply(task, s)
	return s
}
