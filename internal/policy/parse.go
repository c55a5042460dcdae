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
	Misspelling
}

// Parse reads the options of one directive or policy. The text is cut at its first " //", since what follows is a
// comment, and split at spaces. Positions are base plus the byte offset in the text. The policy has every option
// that can be read.
func Parse(text string, base int) (Policy, []Problem) {
	var p Policy
	var problems []Problem
	for _, w := range words(text) {
		if err := p.read(w.text, base+w.offset); err != nil {
			problem := Problem{Pos: base + w.offset, Message: err.Error()}
			if misspelled, ok := errors.AsType[*MisspelledError](err); ok {
				problem.Misspelling = misspelled.Misspelling
			}
			problems = append(problems, problem)
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Pos, b.Pos) })
	return p, problems
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

// read adds one option to the policy, or returns what is wrong with it.
func (p *Policy) read(word string, pos int) error {
	name, value, valued := strings.Cut(word, "=")
	o := find(name)
	if o == nil {
		return unknown(name)
	}
	h := o.setting(p).head()
	if *h.state != Absent {
		return errors.New(name + " given twice")
	}
	*h.pos = pos
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
	if near, ok := Nearest(name, optionNames()); ok {
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
			words = append(words, e.Name+"="+value)
		}
	}
	return strings.Join(words, " ")
}
