package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// Assumption gives a value that only the running program knows.
type Assumption struct {
	Name  string // as a directive has it, or a part of it that follows a dot: "c.cfg.MaxRetries", ".cfg.MaxRetries", "MaxRetries"
	Value string // a value of the option, or the text of a policy
}

// assume finds out which names of some functions the assumptions are about. A name that no function has, and one that may be
// any of several, are errors. The function that it returns gives a function's policy its values.
func (o Options) assume(funcs []*directive.Func) (fill func(*directive.Func) error, err error) {
	var known []string
	for _, fn := range funcs {
		for _, name := range openNames(fn) {
			known = append(known, string(fn.Spoken(name)))
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	values := map[string]string{}
	for _, a := range o.Assume {
		name, err := a.find(funcs, known)
		if err != nil {
			return nil, err
		}
		if _, twice := values[name]; twice {
			return nil, fmt.Errorf("%s is set twice", name)
		}
		values[name] = a.Value
	}
	return func(fn *directive.Func) error {
		for _, name := range openNames(fn) {
			if value, ok := chosen(values, fn, name); ok {
				if err := fn.Fill(name, value); err != nil {
					return fmt.Errorf("-set %s: %s: %w", fn.Spoken(name), fn.Task, err)
				}
			}
		}
		return nil
	}, nil
}

// chosen returns the value of a name of a function: of the name as the function's body would have it, or for all receivers.
func chosen(values map[string]string, fn *directive.Func, name policy.Name) (string, bool) {
	value, ok := values[string(fn.Spoken(name))]
	if !ok {
		value, ok = values[unrooted(fn, name)]
	}
	return value, ok
}

// openNames lists the names in a function's policy whose values only the running program knows.
func openNames(fn *directive.Func) []policy.Name {
	var list []policy.Name
	if fn.Value != nil {
		list = append(list, fn.Value.Name)
	}
	for _, o := range fn.Policy.Open() {
		if !slices.Contains(list, o.Name) {
			list = append(list, o.Name)
		}
	}
	return list
}

// unrooted returns a name without the receiver in front of it, as a leading dot writes it: ".cfg.Max" for c.cfg.Max.
func unrooted(fn *directive.Func, name policy.Name) string {
	spoken := string(fn.Spoken(name))
	if fn.Receiver == nil || fn.Receiver.Name == "" {
		if name.OfReceiver() {
			return "." + spoken
		}
		return spoken
	}
	if rest, ok := strings.CutPrefix(spoken, fn.Receiver.Name+"."); ok {
		return "." + rest
	}
	return spoken
}

// find returns the name that the assumption is about: one of those that functions have, or one with a leading dot for all
// receivers.
func (a Assumption) find(funcs []*directive.Func, known []string) (string, error) {
	if slices.Contains(known, a.Name) {
		return a.Name, nil
	}
	dotted := "." + strings.TrimPrefix(a.Name, ".")
	var matches []string // without receivers, so that receivers of different names are one
	for _, fn := range funcs {
		for _, name := range openNames(fn) {
			switch own := unrooted(fn, name); {
			case own == dotted:
				return own, nil
			case strings.HasSuffix(own, dotted) && !slices.Contains(matches, own):
				matches = append(matches, own)
			}
		}
	}
	slices.Sort(matches)
	switch {
	case len(matches) == 1:
		return matches[0], nil
	case len(matches) > 1:
		return "", fmt.Errorf("-set %s: this may be %s; write one of them", policy.Shown(a.Name), strings.Join(matches, " or "))
	case isConstant(funcs, a.Name):
		return "", fmt.Errorf("-set %s: this is a constant, whose value stands in the code", policy.Shown(a.Name))
	case len(known) == 0:
		return "", fmt.Errorf("-set %s: no policy here has a value that only the running program knows", policy.Shown(a.Name))
	}
	if near, ok := policy.Nearest(a.Name, known); ok {
		return "", fmt.Errorf("-set %s: no policy here has this name for a value: did you mean %s?", policy.Shown(a.Name), near)
	}
	return "", fmt.Errorf("-set %s: no policy here has this name for a value; there are %s", policy.Shown(a.Name), strings.Join(known, ", "))
}

// isConstant reports whether a policy has a name for a number that is a constant.
func isConstant(funcs []*directive.Func, name string) bool {
	return slices.ContainsFunc(funcs, func(fn *directive.Func) bool {
		p := fn.Policy
		return slices.ContainsFunc(p.Operands(), func(o policy.Operand) bool { return o.Known && string(o.Name) == name })
	})
}
