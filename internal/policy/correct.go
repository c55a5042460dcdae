package policy

import (
	"fmt"
	"slices"
	"strings"
)

// correction is what was meant by a text that is not an option.
type correction struct {
	right string // the option or options that were meant
	why   string // what is wrong with what was written, "" if right says it
	note  string // what a reader has to know about right
	name  string // the name that was written, if no option has it
	risky bool   // right may do harm if something else was meant: no tool should apply it unasked
}

// error returns the correction as the error of what was written.
func (c correction) error(written string) error {
	var message string
	switch {
	case c.name != "" && c.why == "":
		message = fmt.Sprintf("unknown option %s; here: %s", Quoted(c.name), Shown(c.right))
	case c.why != "":
		message = fmt.Sprintf("%s: %s; write %s", Shown(written), c.why, Shown(c.right))
	default:
		message = fmt.Sprintf("%s: write %s", Shown(written), Shown(c.right))
	}
	if c.note != "" {
		message += ", " + c.note
	}
	misspelled := &MisspelledError{Message: message}
	if !c.risky {
		misspelled.Misspelling = Misspelling{written, c.right}
	}
	return misspelled
}

// explain returns an error that says what was meant by a word, or the error that the word was read with if that is not
// known.
func explain(text string, err error) error {
	if _, twice := err.(*twiceError); twice || err == nil {
		return err
	}
	if why := filler(text); why != "" {
		return fmt.Errorf("%s is not an option; %s", Quoted(text), why)
	}
	if literalArgument(text) {
		return fmt.Errorf("%s: an argument is a name, not a literal; declare a constant", Shown(text))
	}
	if c, ok := correct(text); ok {
		return c.error(text)
	}
	name, value, valued := strings.Cut(text, "=")
	_, near := Nearest(name, optionNames())
	o, known := called(name)
	switch {
	case known && o.Name != name && o.Values == noValues:
		return fmt.Errorf("unknown option %s; here: %s", Quoted(name), o.Name)
	case known && o.Name != name:
		return fmt.Errorf("unknown option %s; here: %s%s", Quoted(name), o.Word(), o.Values)
	case known:
		if why := refusal(o, value); why != "" {
			return fmt.Errorf("%s: %s", Shown(text), why)
		}
	case absent[normal(name)] != "":
		return fmt.Errorf("unknown option %s: %s", Quoted(name), absent[normal(name)])
	case !valued && !near:
		return fmt.Errorf("%s is not an option; an option is name=value, such as retries=3, and a comment begins with //", Quoted(text))
	}
	return err
}

// correct returns what was meant by a text that is not an option. It reports false if it does not know.
func correct(text string) (correction, bool) {
	meant, why := punctuate(text)
	c := correction{why: why}
	var right []string
	for part := range strings.FieldsSeq(meant) {
		switch fixed, ok := c.part(part); {
		case !ok:
			return correction{}, false
		case fixed != "":
			right = append(right, fixed)
		}
	}
	c.right = strings.Join(right, " ")
	return c, c.right != "" && c.right != text
}

// part corrects one option.
func (c *correction) part(text string) (string, bool) {
	if reads(text) {
		return text, true
	}
	name, value, valued := strings.Cut(text, "=")
	if find(name) == nil {
		if !valued {
			return c.alone(name)
		}
		return c.rename(name, value)
	}
	s := suggest(find(name), value)
	if !s.reads(name) {
		return "", false
	}
	c.add(s)
	return s.options(name), true
}

// add keeps what a suggestion for a value says, unless something was wrong before.
func (c *correction) add(s suggestion) {
	if c.why == "" {
		c.why = s.why
	}
	if s.note != "" {
		c.note = s.note
	}
	c.risky = c.risky || s.risky
}

// rename corrects an option that is called differently here.
func (c *correction) rename(name, value string) (string, bool) {
	o, known := called(name)
	if !known {
		return "", false
	}
	s := translate(name, value)
	if !s.reads(o.Name) {
		s = suggest(o, s.value)
	}
	if !s.reads(o.Name) {
		return "", false
	}
	if strings.EqualFold(name, o.Name) {
		if c.why == "" {
			c.why = "names are in small letters"
		}
	} else {
		c.name = name
	}
	c.add(suggestion{note: s.note, risky: s.risky})
	return s.options(o.Name), true
}

// alone corrects a word that is a value without the name of its option.
func (c *correction) alone(text string) (string, bool) {
	option := ""
	switch {
	case endless[text]:
		option, text = "retries", "unlimited"
	case digits(text):
		option = "retries"
	case slices.Contains(namedJitters, text) || strings.HasSuffix(text, "%"):
		option = "jitter"
	case text == "durable":
		option = "checkpoint"
	case strings.Contains(text, "(") || isDuration(text):
		option = "delay"
	}
	if option == "" || !reads(option+"="+text) {
		return "", false
	}
	if c.why == "" {
		c.why = "a value without the name of its option"
	}
	c.risky = true
	return option + "=" + text, true
}

// punctuate replaces what stands between options and around values in other languages.
func punctuate(text string) (meant, why string) {
	meant, why = ascii(text)
	if plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(quotes, r) {
			return -1
		}
		return r
	}, meant); plain != meant {
		if strings.HasPrefix(plain, meant[:1]) { // not around all options
			plain = strings.ReplaceAll(plain, " ", "")
		}
		meant, why = plain, "values hold no quotes"
	}
	if plain := strings.TrimLeft(meant, "-@"); plain != meant {
		meant, why = plain, "names have no dashes before them"
	}
	if plain := strings.TrimRight(meant, ",;"); plain != meant {
		meant, why = plain, "options are separated by spaces"
	}
	if plain := strings.TrimRight(meant, `\`); plain != meant {
		meant, why = plain, oneLine
	}
	parts := separate(meant)
	if len(parts) > 1 {
		why = "options are separated by spaces"
	}
	for i, part := range parts {
		if fixed, wrong := assign(part); wrong != "" {
			parts[i] = fixed
			if why == "" {
				why = wrong
			}
		}
	}
	return strings.Join(parts, " "), why
}

// assign writes an option with one equals sign where another language has a colon, two signs or parentheses.
func assign(text string) (meant, why string) {
	name, value, _ := strings.Cut(text, "=")
	before, after, colon := strings.Cut(name, ":")
	_, known := called(before)
	if colon && known {
		return before + "=" + strings.TrimLeft(after+value, ":="), "an option is name=value"
	}
	if strings.HasPrefix(value, "=") {
		return name + "=" + strings.TrimLeft(value, "="), "an option is name=value, with one equals sign"
	}
	before, after, opened := strings.Cut(name, "(")
	_, known = called(before)
	if _, schedule := schedules[normal(before)]; opened && known && !schedule && strings.HasSuffix(text, ")") && name == text {
		return before + "=" + strings.TrimSuffix(after, ")"), "an option is name=value"
	}
	return text, ""
}

// separate splits a text at commas, semicolons and bars that stand before the name of an option.
func separate(text string) []string {
	var parts []string
	begin := 0
	for i := 1; i < len(text); i++ {
		if !strings.ContainsRune(",;|&", rune(text[i])) || depth(text[:i]) > 0 {
			continue
		}
		name, valued := text[i+1:], false
		if end := strings.IndexAny(name, "=:"); end >= 0 {
			name, valued = name[:end], true
		}
		if o, known := called(name); known && (valued || o.bare && o.Name == name) {
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	return append(parts, text[begin:])
}

// reads reports whether a text is one or more options.
func reads(text string) bool {
	var scratch Policy
	for _, w := range words(text) {
		if scratch.read(w.text, 0) != nil {
			return false
		}
	}
	return true
}
