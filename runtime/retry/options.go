package retry

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// Option changes what directives say, for the calls below a context.
type Option struct {
	task  string // "" for every task
	apply func(*settings)
}

// settings are the options in force for one loop.
type settings struct {
	retries   int
	retried   bool // retries is set
	noDelay   bool
	random    *source
	observers []func(context.Context, Event)

	checkpoints checkpoints
}

// checkpoints says what becomes of them.
type checkpoints uint8

const (
	kept      checkpoints = iota
	refused               // neither looked up nor recorded
	refreshed             // recorded alone
)

// Retries replaces the number of retries; [Unlimited] and numbers from 0 are meant, any other counts as 0.
func Retries(n int) Option {
	if n < 0 && n != Unlimited {
		n = 0
	}
	return Option{apply: func(s *settings) { s.retries, s.retried = n, true }}
}

// NoDelay has every retry begin at once, which suits tests.
func NoDelay() Option { return Option{apply: func(s *settings) { s.noDelay = true }} }

// Random has jitter drawn from a source, so that a test can repeat its waits. The source is guarded by a lock, so
// that calls below the context may run at the same time. A nil source changes nothing.
func Random(src rand.Source) Option {
	if src == nil {
		return Option{apply: func(*settings) {}}
	}
	guarded := &source{src: src}
	return Option{apply: func(s *settings) { s.random = guarded }}
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

// Observer has a function called with the events of the calls below the context, before those that [Observe]
// installed. Observers add up.
func Observer(observe func(context.Context, Event)) Option {
	return Option{apply: func(s *settings) {
		if observe != nil {
			s.observers = append(s.observers, observe)
		}
	}}
}

// NoCheckpoints has tasks run that an earlier attempt of the flow has run already, and nothing recorded of them.
func NoCheckpoints() Option { return Option{apply: func(s *settings) { s.checkpoints = refused }} }

// RefreshCheckpoints has tasks run again, and what they give recorded in place of what was. Above a flow, it is about
// what earlier processes recorded in its run: what the flow's own attempts record is remembered as ever. Within an
// attempt of a flow, it is about earlier attempts too.
func RefreshCheckpoints() Option {
	return Option{apply: func(s *settings) { s.checkpoints = refreshed }}
}

// For narrows options to one task, named as in errors and events: "pkg.Func" or "pkg.Type.Method". Nested, the names
// must agree.
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

// With gives a context below which options replace what directives say. The nearest context wins, option by option;
// within one call of With the options of [For] win over the others. Wrappers look for options only after a failure or
// where something may be remembered, and only in programs that call With.
func With(ctx context.Context, options ...Option) context.Context {
	inUse.Store(true)
	outer, _ := ctx.Value(optionsKey{}).(*layer)
	return context.WithValue(ctx, optionsKey{}, &layer{outer, slices.Clone(options)})
}

type optionsKey struct{}

// layer is what one call of With said.
type layer struct {
	outer   *layer
	options []Option
}

// inUse spares programs that never call With the look into the context.
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

// settingsFor gives the options in force for a task, nil for none.
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
