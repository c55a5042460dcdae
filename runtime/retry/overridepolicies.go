package retry

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
	"github.com/retrygen/retrygen/runtime/internal/policytext"
)

// OverridePolicies replaces numbers of directives for the whole process by policies, which a section of a configuration
// has by the names of their tasks:
//
//	overrides:
//	  example.com/shop/pricing.FetchPrice: retries=8 cap=1m
//	  orders.Client.Store: retries=0
//
// Names are those of [For]. If several match a task, the longest that says an option wins, option by option. Each call of
// OverridePolicies replaces the whole map of the one before, at once; an empty map removes it. It may be called at any
// time, from any goroutine, such as when the configuration has changed. The map is copied.
//
// Retries, delay, jitter and cap hold for every task. A call looks for them when its first attempt has failed. Timeout,
// within and reset hold for tasks whose directive says the same option or names a [Policy] value; their calls look for them
// when they begin. For other tasks these three options are ignored.
//
// Options of [Override] and [With] win over policies, and policies win over the directive. [UnmatchedOverrides] returns
// the names that have matched no call yet.
func OverridePolicies(policies map[string]Policy) {
	var next *policySet
	if len(policies) > 0 {
		next = newPolicySet(policies)
	}
	overridingLock.Lock()
	defer overridingLock.Unlock()
	overridingPolicies.Store(next)
	bridge.Overridden.Store(next != nil)
}

// policySet is the map of one call of OverridePolicies.
type policySet struct {
	list  []namedPolicy // those with longer names come first
	tasks sync.Map      // from the name of a task to a *policytext.Values, which is nil if no policy says anything
}

type namedPolicy struct {
	name   name
	values policytext.Values
}

var (
	overridingPolicies atomic.Pointer[policySet] // nil while nothing is installed
	overridingLock     sync.Mutex
)

func newPolicySet(policies map[string]Policy) *policySet {
	next := &policySet{}
	for text, policy := range policies {
		next.list = append(next.list, namedPolicy{name{text, new(atomic.Bool)}, valuesOf(policy)})
	}
	slices.SortFunc(next.list, func(a, b namedPolicy) int { return len(b.name.text) - len(a.name.text) })
	return next
}

// policyFor returns what the policies of OverridePolicies say of a task, nil if they say nothing.
func policyFor(task string) *policytext.Values {
	now := overridingPolicies.Load()
	if now == nil {
		return nil
	}
	if known, ok := now.tasks.Load(task); ok {
		return known.(*policytext.Values)
	}
	var says *policytext.Values
	for _, p := range now.list {
		if !p.name.isFor(task) {
			continue
		}
		merged := p.values
		if says != nil {
			merged = says.Or(p.values)
		}
		says = &merged
	}
	now.tasks.Store(task, says)
	return says
}
