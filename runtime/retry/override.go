package retry

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Override replaces what directives say, for the whole process and at once, and returns a function that takes this
// replacement out again. It is the switch with which an operator turns one task's retries off in an incident:
//
//	restore := retry.Override(retry.For("pricing.FetchPrice", retry.Retries(0)))
//	…
//	restore()
//
// It wins over the options of every context. For each option these count, in this order: overrides for a named task,
// the longest name first; other overrides; the nearest context's, see [With]; [OverridePolicies]; the directive. Of several that are alike
// the last one installed wins. Observers and random sources can be installed too; observers add up.
//
// A call looks for overrides when its first attempt has failed. Calls that are already retried go on as they are. The
// functions may be called at any time, from any goroutine.
func Override(options ...Option) (remove func()) {
	installed := &override{rulesOf(options)}
	changeOverrides(func(list []*override) []*override { return append(slices.Clone(list), installed) })
	return func() {
		changeOverrides(func(list []*override) []*override {
			return slices.DeleteFunc(slices.Clone(list), func(o *override) bool { return o == installed })
		})
	}
}

// override holds the options of one call of Override. Its address tells it from others.
type override struct{ rules []rule }

// overridden is all that is installed.
type overridden struct {
	list  []*override // in the order of installation
	rules []rule      // of all, in the order of application
}

var (
	overrides     atomic.Pointer[overridden] // nil while nothing is installed
	overridesLock sync.Mutex
)

func changeOverrides(change func([]*override) []*override) {
	overridesLock.Lock()
	defer overridesLock.Unlock()
	var list []*override
	if now := overrides.Load(); now != nil {
		list = now.list
	}
	list = change(list)
	if len(list) == 0 {
		overrides.Store(nil)
		return
	}
	next := &overridden{list: list}
	for _, o := range list {
		next.rules = append(next.rules, o.rules...)
	}
	inOrder(next.rules)
	overrides.Store(next)
}

// UnmatchedOverrides returns the names that have matched no call yet, sorted: those in calls of [For] that are in force by
// [Override], and those in the map of [OverridePolicies]. Such a name may be misspelled, or all calls of the task have
// succeeded at once: only a call whose first attempt fails looks for overrides, and a call of a task that says timeout,
// within or reset, which looks for policies when it begins.
func UnmatchedOverrides() []string {
	var list []string
	if now := overrides.Load(); now != nil {
		for _, r := range now.rules {
			list = appendUnmatched(list, r.names)
		}
	}
	if now := overridingPolicies.Load(); now != nil {
		for _, p := range now.list {
			list = appendUnmatched(list, []name{p.name})
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func appendUnmatched(list []string, names []name) []string {
	for _, n := range names {
		if !n.matched.Load() {
			list = append(list, n.text)
		}
	}
	return list
}
