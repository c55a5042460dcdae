// Package policy is the language of retry directives: one string of options in, one typed [Policy] out.
//
//	p, problems := policy.Parse("retries=4 delay=exponential(2) jitter=3 if=worthRetrying", 0)
//
// returns a policy with 4 retries (p.MaxRetries) and a third wait of 8s (p.Delay.Value.At), and no problems. A mistake is a [Problem] with
// the byte offset of its option, and with what would be right:
//
//	policy.Parse("retires=4", 0) // 0: unknown option "retires": did you mean "retries"?
//
// What the package knows of an option stands in one table ([Options]): its name, the kind of its values, its default,
// what it needs, where it may be written and whether it is inherited. Everything else asks the table, so that an option
// is added in one file here.
//
// A policy is a set of options, each absent, cleared by "none", or set. Every value keeps its position and its [Origin]:
//
//	own, _ := policy.Parse("retries=4", 10)
//	shared, _ := policy.Parse("retries=2 delay=5", 200)
//	p := policy.Merge(own, shared.From(policy.FromConstant))
//	p.Retries // Value 4, Pos 10, Origin {FromDirective 0}
//	p.Delay   // Value 5s, Pos 210, Origin {FromConstant 1}
//
// [Policy.Join] combines several lines above one declaration, [Merge] lets policies inherit from others, [Policy.Check]
// finds options that cannot hold together, and [Policy.String] prints text that parses to the same policy. Names stay
// text here ([Policy.Names] lists them); a package that knows Go resolves them.
//
// A name may stand for a number ([Number]). Once it turns out to be a constant it is bound to its value
// ([Policy.Operands]); otherwise only the running program knows the number, and questions such as [Policy.Attempts] and
// [Policy.Totals] report that they have no answer.
package policy

import (
	"iter"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Unlimited is the number of retries that never run out.
const Unlimited = retry.Unlimited

// State says what was written about an option.
type State uint8

// The states of an option.
const (
	Absent State = iota // nothing was written
	None                // "option=none": what would be inherited is cleared
	Set
)

// Setting is one option of a policy. The zero value is absent.
type Setting[T any] struct {
	State  State
	Value  T
	Pos    int // where the option's word begins
	Origin Origin
}

// IsSet reports whether the option has a value.
func (s Setting[T]) IsSet() bool { return s.State == Set }

// ValueOr returns the value of the option, or other if it has none.
func (s Setting[T]) ValueOr(other T) T {
	if s.IsSet() {
		return s.Value
	}
	return other
}

// Source is the kind of place that an option was written in.
type Source uint8

// The sources, in the order of precedence.
const (
	FromDirective   Source = iota // the directive on the function itself
	FromInterface                 // the directive above the interface type that the method belongs to
	FromConstant                  // a policy constant
	FromDefault                   // the package's defaults
	FromEnvironment               // the environment of the running program: the option is absent here
)

// Origin is where an option was written.
type Origin struct {
	Source Source
	Layer  int // the index of the policy among those that were merged
}

// Inherited reports whether the option was written for other functions too. An inherited option that cannot apply to a
// function is skipped; one that was written for the function is an error.
func (o Origin) Inherited() bool { return o.Source != FromDirective }

// OfOthers reports whether an option is inherited from where functions with other receivers inherit it, too.
func (o Origin) OfOthers() bool { return o.Inherited() && o.Source != FromInterface }

// Beside reports whether two options were written together: in the same policy, or both in the package's defaults.
func (o Origin) Beside(other Origin) bool {
	return o == other || o.Source == FromDefault && other.Source == FromDefault
}

// Entry is one option of a policy, as far as it does not depend on the type of its value.
type Entry struct {
	*Option
	State  State
	Pos    int
	Origin Origin
}

// IsSet reports whether the option has a value.
func (e Entry) IsSet() bool { return e.State == Set }

// Entries iterates over the options that are set or cleared, in the order of the table.
func (p Policy) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range options {
			if options[i].Also != "" {
				continue
			}
			s := options[i].setting(&p)
			if h := s.head(); *h.state != Absent && !yield(Entry{&options[i], *h.state, *h.pos, *h.origin}) {
				return
			}
		}
	}
}

// Entry returns one option of the policy, by name. It is absent if there is no such option.
func (p Policy) Entry(name string) Entry {
	for i := range options {
		if options[i].Name == name {
			h := options[i].setting(&p).head()
			return Entry{&options[i], *h.state, *h.pos, *h.origin}
		}
	}
	return Entry{}
}

// Without returns the policy without an option.
func (p Policy) Without(o *Option) Policy {
	o.setting(&p).drop()
	return p
}

// setting is a *Setting of any type.
type setting interface {
	head() head
	inherit(from setting)
	drop()
}

// head points to the parts of a setting that do not depend on the type of its value.
type head struct {
	state  *State
	pos    *int
	origin *Origin
}

func (s *Setting[T]) head() head { return head{&s.State, &s.Pos, &s.Origin} }
func (s *Setting[T]) drop()      { *s = Setting[T]{} }

func (s *Setting[T]) inherit(from setting) {
	if s.State == Absent {
		*s = *from.(*Setting[T])
	}
}
