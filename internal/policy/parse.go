package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Parse reads the options of one directive or policy. The text is cut at its first " //", since what follows is a
// comment, and split at spaces. Positions are base plus the byte offset in the text. The policy has every option
// that could be read.
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

// read takes in one option and says what is wrong with it.
func (p *Policy) read(word string, pos int) error {
	name, value, valued := strings.Cut(word, "=")
	at := slices.IndexFunc(options, func(o Option) bool { return o.Name == name })
	if at < 0 {
		return unknown(name)
	}
	o := &options[at]
	f := o.field(p)
	if f.state() != Absent {
		return errors.New(name + " given twice")
	}
	f.move(pos)
	switch {
	case name == "checkpoint" && !valued:
		p.Checkpoint.State = Set
		return nil
	case !valued || value == "":
		return fmt.Errorf("%s has no value; want %s=%s", name, name, o.Values)
	case value == "none" && o.fixed:
		return fmt.Errorf("%s=none has no meaning: %s is never inherited", name, name)
	case value == "none":
		f.clear()
		return nil
	}
	if err := o.parse(f, value); err != nil {
		return fmt.Errorf("%s: %w", word, err)
	}
	return nil
}

func unknown(name string) error {
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
	}
	if near, ok := Nearest(name, names); ok {
		return &MisspelledError{fmt.Sprintf("unknown option %q: did you mean %q?", name, near), Misspelling{name, near}}
	}
	return fmt.Errorf("unknown option %q: want one of %s", name, strings.Join(names, ", "))
}

// String prints the policy so that it parses to the same one.
func (p Policy) String() string {
	var words []string
	for _, o := range options {
		switch f := o.field(&p); f.state() {
		case None:
			words = append(words, o.Name+"=none")
		case Set:
			if value := o.print(f); value != "" {
				words = append(words, o.Name+"="+value)
			} else {
				words = append(words, o.Name)
			}
		}
	}
	return strings.Join(words, " ")
}
