package retry

import (
	"slices"
	"strings"
	"sync/atomic"
)

// rule is one option with the tasks that it is for.
type rule struct {
	apply   func(*settings)
	names   []name // all of them have to match; none for every task
	longest int    // the length of the longest name
}

// name is what a call of For or OverridePolicies names, and whether a call of that task has been seen.
type name struct {
	text    string
	matched *atomic.Bool
}

// rulesOf spreads options into rules.
func rulesOf(options []Option) []rule { return addRules(nil, options, nil) }

func addRules(rules []rule, options []Option, names []name) []rule {
	for _, o := range options {
		if o.apply != nil {
			rules = append(rules, newRule(o.apply, names))
		}
		if o.inner == nil {
			continue
		}
		within := names
		if o.task != "" {
			within = append(slices.Clone(names), name{o.task, new(atomic.Bool)})
		}
		rules = addRules(rules, o.inner, within)
	}
	return rules
}

func newRule(apply func(*settings), names []name) rule {
	r := rule{apply: apply, names: names}
	for _, n := range names {
		r.longest = max(r.longest, len(n.text))
	}
	return r
}

// inOrder sorts rules so that those that win come later: general ones, then those with longer names. Among equals the
// order stays.
func inOrder(rules []rule) []rule {
	slices.SortStableFunc(rules, func(a, b rule) int { return a.longest - b.longest })
	return rules
}

// applyRules applies the rules for a task.
func applyRules(rules []rule, task string, s *settings) {
	for _, r := range rules {
		if r.isFor(task) {
			r.apply(s)
		}
	}
}

// isFor reports whether the rule is for a task.
func (r *rule) isFor(task string) bool {
	for _, n := range r.names {
		if !n.isFor(task) {
			return false
		}
	}
	return true
}

// isFor reports whether the name means a task, and keeps that it has matched.
func (n name) isFor(task string) bool {
	if !matches(task, n.text) {
		return false
	}
	if !n.matched.Load() {
		n.matched.Store(true)
	}
	return true
}

// matches reports whether a name means a task: it is the task's full name, or what follows a slash in it.
func matches(task, name string) bool {
	rest, ok := strings.CutSuffix(task, name)
	return ok && (rest == "" || strings.HasSuffix(rest, "/"))
}

// short returns the part of a task's name after the last slash, which is what texts show.
func short(task string) string { return task[strings.LastIndexByte(task, '/')+1:] }
