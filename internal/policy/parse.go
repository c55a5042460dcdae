package policy

import (
	"cmp"
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
		if message := p.read(w.text, base+w.offset); message != "" {
			problems = append(problems, Problem{base + w.offset, message})
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

// read takes in one option and says what is wrong with it, or "".
func (p *Policy) read(word string, pos int) string {
	name, value, valued := strings.Cut(word, "=")
	at := slices.IndexFunc(options, func(o Option) bool { return o.Name == name })
	if at < 0 {
		return unknown(name)
	}
	o := &options[at]
	f := o.field(p)
	if f.state() != Absent {
		return name + " given twice"
	}
	f.move(pos)
	switch {
	case name == "checkpoint" && !valued:
		p.Checkpoint.State = Set
		return ""
	case !valued || value == "":
		return fmt.Sprintf("%s has no value; want %s=%s", name, name, o.Values)
	case value == "none" && o.fixed:
		return fmt.Sprintf("%s=none has no meaning: %s is never inherited", name, name)
	case value == "none":
		f.clear()
		return ""
	}
	if err := o.parse(f, value); err != nil {
		return fmt.Sprintf("%s: %v", word, err)
	}
	return ""
}

func unknown(name string) string {
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
	}
	if near, ok := Nearest(name, names); ok {
		return fmt.Sprintf("unknown option %q: did you mean %q?", name, near)
	}
	return fmt.Sprintf("unknown option %q: want one of %s", name, strings.Join(names, ", "))
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
