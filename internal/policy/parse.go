package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is a mistake, at the position of the option that has to change.
type Problem struct {
	Pos     int
	Origin  Origin // of that option
	Message string

	Twice bool // the option is given twice
	First int  // where it stands first, if Twice is true

	Misspelling
}

// Text returns the message. A function says how the position of another option is to be shown.
func (p Problem) Text(show func(pos int) string) string {
	if !p.Twice {
		return p.Message
	}
	return p.Message + "; the first is at " + show(p.First)
}

// Parse reads the options of one directive or policy. The text is cut at its first " //", since what follows is a
// comment, and split at spaces. Positions are base plus the byte offset in the text. The policy has every option
// that can be read.
func Parse(text string, base int) (Policy, []Problem) {
	r := reader{text: text, base: base}
	for rest := words(text); len(rest) > 0; {
		rest = rest[r.next(rest):]
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Pos, b.Pos) })
	return r.policy, r.problems
}

// reader reads the options of a text.
type reader struct {
	text     string
	base     int
	policy   Policy
	problems []Problem
}

// next reads the option at the front of some words, and returns how many words it takes.
func (r *reader) next(list []word) int {
	first := list[0]
	if at := strings.Index(first.text, "//"); at > 0 && reads(first.text[:at]) {
		c := correction{right: first.text[:at] + " " + first.text[at:], why: "a comment has a space before it"}
		r.problem(first, c.error(first.text))
		return len(list)
	}
	n, meant, why := span(list)
	if n == 1 || strings.Contains(first.text, "=func(") {
		if err := r.policy.read(first.text, r.base+first.offset); err != nil {
			r.problem(first, explain(first.text, err))
		}
		if isComment(first.text) || strings.Contains(first.text, "=func(") {
			return len(list) // what follows is no option either
		}
		return 1
	}
	last := list[n-1]
	written := r.text[first.offset : last.offset+len(last.text)]
	c, ok := correct(meant)
	switch {
	case reads(meant):
		r.problem(first, correction{right: meant, why: why}.error(written))
	case ok:
		c.why = why
		r.problem(first, c.error(written))
	default:
		var scratch Policy
		r.problem(first, fmt.Errorf("%w; %s", explain(meant, scratch.read(meant, 0)), why))
	}
	return n
}

// problem records an error at a word.
func (r *reader) problem(at word, err error) {
	p := Problem{Pos: r.base + at.offset, Message: err.Error()}
	if misspelled, ok := errors.AsType[*MisspelledError](err); ok {
		p.Misspelling = misspelled.Misspelling
	}
	if twice, ok := errors.AsType[*twiceError](err); ok {
		p.Twice, p.First = true, twice.first
	}
	r.problems = append(r.problems, p)
}

type word struct {
	text   string
	offset int
}

// words splits a text at spaces, up to a comment.
func words(text string) []word {
	var list []word
	begin := -1
	for i := 0; i <= len(text); i++ {
		space := i == len(text) || text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'
		switch {
		case begin < 0 && !space:
			if strings.HasPrefix(text[i:], "//") {
				return list
			}
			begin = i
		case begin >= 0 && space:
			list = append(list, word{text[begin:i], begin})
			begin = -1
		}
	}
	return list
}

// twiceError is the error of an option that is given twice.
type twiceError struct {
	name, before string // its spellings, there and where it stands first
	first        int    // where it stands first
}

func (e *twiceError) Error() string {
	if e.name != e.before {
		return e.name + " and " + e.before + " are one option, which is given twice"
	}
	return e.name + " is given twice"
}

// Spelled returns the spelling of an option that the policy has: attempts for retries that were written so.
func (p *Policy) Spelled(name string) string {
	if name == "retries" && p.Retries.Value.Attempts {
		return "attempts"
	}
	return name
}

// read adds one option to the policy, or returns what is wrong with it.
func (p *Policy) read(word string, pos int) error {
	name, value, valued := strings.Cut(word, "=")
	o := find(name)
	if o == nil {
		return unknown(name)
	}
	h := o.setting(p).head()
	if *h.state != Absent {
		return &twiceError{name, p.Spelled(cmp.Or(o.Also, name)), *h.pos}
	}
	*h.pos = pos
	p.Retries.Value.Attempts = p.Retries.Value.Attempts || o.Also == "retries"
	switch {
	case o.bare && !valued:
		*h.state = Set
		return nil
	case !valued || value == "":
		return fmt.Errorf("%s has no value; want %s=%s", name, name, o.Values)
	case value == "none" && !o.Inherited:
		return fmt.Errorf("%s=none has no meaning: %s is never inherited", name, name)
	case value == "none":
		*h.state = None
		return nil
	}
	if err := o.read(p, value); err != nil {
		return fmt.Errorf("%s: %w", Shown(word), err)
	}
	return nil
}

func unknown(name string) error {
	if near, ok := Nearest(name, optionNames()); ok && !strings.ContainsAny(name, ":(,;") {
		return &MisspelledError{fmt.Sprintf("unknown option %s: did you mean %q?", Quoted(name), near), Misspelling{name, near}}
	}
	return fmt.Errorf("unknown option %s: want one of %s", Quoted(name), strings.Join(optionNames(), ", "))
}

// String prints the policy so that it parses to the same policy.
func (p Policy) String() string {
	var words []string
	for e := range p.Entries() {
		switch value := e.print(&p); {
		case e.State == None:
			words = append(words, e.Name+"=none")
		case value == "":
			words = append(words, e.Name)
		default:
			words = append(words, p.printedAs(e.Name)+"="+value)
		}
	}
	return strings.Join(words, " ")
}

// printedAs returns the spelling that prints an option: numbers of attempts are printed as retries, but for names.
func (p *Policy) printedAs(name string) string {
	if name == "retries" && p.Retries.Value.Name() != "" {
		return p.Spelled(name)
	}
	return name
}
