package retry

import (
	"context"
	"sync/atomic"
)

// With returns a context below which options replace what directives say. The nearest context wins, option by option.
// Within one call of With, options for a named task override general ones. Wrappers look for options only after a
// failure, or where results may be remembered, and only in programs that call With.
func With(ctx context.Context, options ...Option) context.Context {
	inUse.Store(true)
	outer, _ := ctx.Value(optionsKey{}).(*layer)
	return context.WithValue(ctx, optionsKey{}, &layer{outer, inOrder(rulesOf(options))})
}

type optionsKey struct{}

// layer holds the options of one call of With.
type layer struct {
	outer *layer
	rules []rule
}

// inUse saves programs that never call With the look into the context.
var inUse atomic.Bool

// apply applies the options for a task, the outermost first.
func (l *layer) apply(task string, s *settings) {
	if l == nil {
		return
	}
	l.outer.apply(task, s)
	applyRules(l.rules, task, s)
}

// settingsFor returns the options in force for a task, nil if there are none. The context may be nil.
func settingsFor(ctx context.Context, task string) *settings {
	var own *layer
	if inUse.Load() && ctx != nil {
		own, _ = ctx.Value(optionsKey{}).(*layer)
	}
	process, policy := overrides.Load(), policyFor(task)
	if own == nil && process == nil && policy == nil {
		return nil
	}
	s := &settings{Policy: policy}
	own.apply(task, s)
	if process != nil {
		applyRules(process.rules, task, s)
	}
	return s
}
