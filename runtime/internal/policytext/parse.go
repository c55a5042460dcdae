package policytext

import (
	"errors"
	"fmt"
	"strings"
)

// Mistake is what is wrong with a text.
type Mistake struct {
	Offset  int // of the option that has to change, in bytes
	Message string
}

// Parse reads options that are separated by white space. It returns the first mistake, nil if there is none.
func Parse(text string) (Values, *Mistake) {
	r := reader{text: text}
	for at := 0; at < len(text); {
		rest := strings.TrimLeft(text[at:], space)
		begin := len(text) - len(rest)
		length := strings.IndexAny(rest, space)
		if length < 0 {
			length = len(rest)
		}
		at = begin + length
		if length == 0 {
			continue
		}
		if err := r.option(text[begin:at], begin); err != nil {
			return Values{}, &Mistake{begin, err.Error()}
		}
	}
	if mistake := r.idle(); mistake != nil {
		return Values{}, mistake
	}
	return r.values, nil
}

// space is what separates options.
const space = " \t\r\n"

// reader reads the options of a text.
type reader struct {
	text   string
	values Values
	seen   []entry
}

// entry is an option in a text.
type entry struct {
	option *option
	at     int
}

// option adds one option to the values, or returns what is wrong with it.
func (r *reader) option(word string, at int) error {
	name, value, valued := strings.Cut(word, "=")
	o, err := find(name)
	if err != nil {
		if strings.HasPrefix(word, "//") || strings.HasPrefix(word, "#") {
			err = fmt.Errorf("%s is not an option; a policy has no comments", Quoted(word))
		}
		return err
	}
	for _, before := range r.seen {
		if before.option.bit == o.bit {
			return r.twice(before, name)
		}
	}
	r.seen = append(r.seen, entry{o, at})
	switch {
	case !valued || value == "":
		return fmt.Errorf("%s has no value; want %s=%s", name, name, o.values)
	case value == "none":
		r.values.Cleared |= o.bit
		return nil
	}
	if err := o.read(&r.values, value); err != nil {
		return fmt.Errorf("%s: %w", shown(word), err)
	}
	r.values.Set |= o.bit
	return nil
}

// twice returns the error of an option that stands before, by this name or another.
func (r *reader) twice(before entry, name string) error {
	first := "; the first is at " + Position(r.text, before.at)
	if before.option.name != name {
		return errors.New(name + " and " + before.option.name + " are one option, which is given twice" + first)
	}
	return errors.New(name + " is given twice" + first)
}

// idle finds the first option without effect: a jitter or a cap where retries are written, and a delay that is 0.
func (r *reader) idle() *Mistake {
	v := &r.values
	if !v.Says().Has(Retries) || !v.Says().Has(Delay) || v.Set.Has(Delay) && !v.Delay.isZero() {
		return nil
	}
	for _, e := range r.seen {
		name, why := e.option.name, "spread"
		if e.option.bit == Cap {
			why = "cut"
		}
		if v.Set.Has(e.option.bit & (Jitter | Cap)) {
			return &Mistake{e.at, fmt.Sprintf("%s without a delay: there is no wait to %s; give delay= a value or drop %s=", name, why, name)}
		}
	}
	return nil
}

// names are the options of directives that take Go names or are about generated code.
var names = " if on except budget guard notify discard checkpoint policy as error observe remote "

// find returns the option of a name, or what was meant by a name that no option has.
func find(name string) (*option, error) {
	if name == attempts.name {
		return &attempts, nil
	}
	known := []string{retries.name, attempts.name}
	for i := range options {
		if options[i].name == name {
			return &options[i], nil
		}
		if i > 0 {
			known = append(known, options[i].name)
		}
	}
	list := strings.Join(known, ", ")
	if name != "" && strings.Contains(names, " "+name+" ") {
		return nil, fmt.Errorf("%s stands in directives alone; want one of %s", name, list)
	}
	if meant := near(name, known...); meant != "" {
		return nil, fmt.Errorf("unknown option %s: did you mean %q?", Quoted(name), meant)
	}
	return nil, fmt.Errorf("unknown option %s: want one of %s", Quoted(name), list)
}

// Print prints values so that they parse to the same values.
func Print(v Values) string {
	var list []string
	for _, o := range options {
		switch {
		case v.Set.Has(o.bit):
			list = append(list, o.name+"="+o.print(&v))
		case v.Cleared.Has(o.bit):
			list = append(list, o.name+"=none")
		}
	}
	return strings.Join(list, " ")
}
