package policy

import "fmt"

// Join combines the options of two lines above one declaration. An option in both is a problem at the later one.
func (p Policy) Join(q Policy) (Policy, []Problem) {
	var problems []Problem
	for e := range q.Entries() {
		if mine := e.setting(&p); *mine.head().state == Absent {
			mine.inherit(e.setting(&q))
		} else {
			twice := &twiceError{q.Spelled(e.Name), p.Spelled(e.Name), *mine.head().pos}
			problems = append(problems, Problem{Pos: e.Pos, Message: twice.Error(), Twice: true, First: twice.first})
		}
	}
	return p, problems
}

// From returns the policy with all its options marked as coming from a source.
func (p Policy) From(source Source) Policy {
	for e := range p.Entries() {
		*e.setting(&p).head().origin = Origin{Source: source}
	}
	return p
}

// At returns the policy with all its options at one position.
func (p Policy) At(pos int) Policy {
	for e := range p.Entries() {
		*e.setting(&p).head().pos = pos
	}
	return p
}

// Merge returns the policy in which each option comes from the first layer that sets or clears it. The options that are
// not inherited come from the first layer alone. An option's Origin has the index of its layer. An option that no layer
// mentions and that the environment may set is absent, with the source FromEnvironment.
func Merge(layers ...Policy) Policy {
	var merged Policy
	for i, layer := range layers {
		for e := range layer.Entries() {
			if i > 0 && !e.Inherited {
				continue
			}
			if mine := e.setting(&merged); *mine.head().state == Absent {
				mine.inherit(e.setting(&layer))
				mine.head().origin.Layer = i
			}
		}
	}
	for i := range options {
		if h := options[i].setting(&merged).head(); options[i].Variable != "" && *h.state == Absent {
			*h.origin = Origin{FromEnvironment, len(layers)}
		}
	}
	return merged
}

// Check finds options that cannot hold together: those that need a delay where both retries and the lack of a delay are
// written. Without either of these the environment may set a delay.
func (p Policy) Check() []Problem {
	if p.Retries.State == Absent || !p.NeverWaits() {
		return nil
	}
	var problems []Problem
	for e := range p.Entries() {
		if e.IsSet() && e.Needs.Has(NeedsDelay) {
			problems = append(problems, Problem{Pos: e.Pos, Origin: e.Origin, Message: fmt.Sprintf("%s without a delay: %s; "+
				"give delay= a value or drop %s=", e.Name, e.Idle, e.Name)})
		}
	}
	return problems
}

// Misplaced returns the options of the policy that may not be written in a place.
func (p Policy) Misplaced(place Where) []Entry {
	var list []Entry
	for e := range p.Entries() {
		if !e.Where.Has(place) {
			list = append(list, e)
		}
	}
	return list
}

// NameUse is a Go name in the value of an option.
type NameUse struct {
	Entry
	ErrorName // of options that are not about errors, without a star
}

// Names returns the Go names in the values of the policy's options, in the order of the table.
func (p Policy) Names() []NameUse {
	var list []NameUse
	for e := range p.Entries() {
		for _, name := range e.names(&p) {
			list = append(list, NameUse{e, name})
		}
	}
	return list
}
