package policy

import (
	"slices"
	"strings"
)

// What is wrong between words that were meant as one.
const (
	commaSpace   = "no space after the comma"
	bracketSpace = "no spaces inside parentheses"
	equalsSpace  = "an option is name=value, without spaces"
	unitSpace    = "no space before the unit"
	quotedSpace  = "values hold no spaces and no quotes"
)

// longestSpan bounds the words that are read as one, so that a long text costs no more than its length.
const longestSpan = 16

// span returns how many of the words at the front were meant as one option, what was meant, and what is wrong if they are
// more than one. Options hold no spaces, so that more than one is always a mistake.
func span(list []word) (n int, meant, why string) {
	list = list[:min(len(list), longestSpan)]
	for _, rule := range []func([]word) (int, string, string){aroundSpan, quotedSpan, equalsSpan, bracketSpan, unitSpan, commaSpan} {
		if n, meant, why := rule(list); n > 1 {
			return n, meant, why
		}
	}
	return 1, list[0].text, ""
}

// aroundSpan is all words, with brackets around them.
func aroundSpan(list []word) (int, string, string) {
	var texts []string
	for _, w := range list {
		texts = append(texts, w.text)
	}
	text := strings.Join(texts, " ")
	plain := strings.Trim(text, "()[]{}")
	if !strings.ContainsAny(text[:1], "([{") || len(list) == 1 {
		return 1, "", ""
	}
	plain = strings.NewReplacer(", ", " ", ": ", "=", " = ", "=").Replace(plain)
	if !reads(plain) {
		return 1, "", ""
	}
	return len(list), plain, "options stand without brackets around them"
}

// quotes are the characters that people put around values. Options hold none of them.
const quotes = "\"'`“”‘’"

// quotedSpan is a word in which quotes open, up to the word in which they close.
func quotedSpan(list []word) (int, string, string) {
	at := strings.IndexAny(list[0].text, "\"'`")
	if at < 0 {
		return 1, "", ""
	}
	quote := list[0].text[at : at+1]
	text := list[0].text
	for n := 1; n < len(list) && strings.Count(text, quote)%2 == 1; n++ {
		text += " " + list[n].text
		if strings.Count(text, quote)%2 == 0 {
			return n + 1, text, quotedSpace
		}
	}
	return 1, "", ""
}

// equalsSpan is a name and a value with a space around the equals sign, or without one.
func equalsSpan(list []word) (int, string, string) {
	name := strings.TrimRight(list[0].text, ":=")
	if _, known := called(name); !known || len(list) == 1 {
		return 1, "", ""
	}
	n, value := 2, strings.TrimLeft(list[1].text, ":=")
	if value == "" && len(list) > 2 {
		n, value = 3, list[2].text
	}
	bare := name == list[0].text && value == list[1].text // neither a sign nor a colon
	if value == "" || begins(value) {
		return 1, "", ""
	}
	if o := find(name); bare && o != nil && o.bare && !reads(name+"="+value) {
		return 1, "", ""
	}
	if inner, meant, _ := span(append([]word{{text: name + "=" + value}}, list[n:]...)); inner > 1 {
		return n + inner - 1, meant, equalsSpace
	}
	return n, name + "=" + value, equalsSpace
}

// bracketSpan is a word in which parentheses open, up to the word in which they close.
func bracketSpan(list []word) (int, string, string) {
	text, why := list[0].text, bracketSpace
	if len(list) > 1 && depth(text) == 0 && strings.Contains(text, "=") && strings.HasPrefix(list[1].text, "(") {
		if n, meant, _ := bracketSpan(append([]word{{text: text + list[1].text}}, list[2:]...)); n > 1 || depth(meant) == 0 {
			return max(n, 1) + 1, text + strings.TrimPrefix(meant, text), "no space before the parenthesis"
		}
	}
	for n := 1; n < len(list) && depth(text) > 0; n++ {
		name, _, _ := strings.Cut(list[n].text, "=")
		if find(name) != nil {
			break
		}
		switch {
		case strings.HasSuffix(text, ","):
			why = commaSpace
		case separated(text, list[n].text):
			text, why = text+",", "entries have commas between them, and no spaces"
		}
		text += list[n].text
		if depth(text) == 0 {
			return n + 1, text, why
		}
	}
	return 1, text, ""
}

// separated reports whether a comma is missing between two words: between letters and digits, unless the second is a unit.
func separated(before, after string) bool {
	_, unit := unitOf(strings.TrimRight(after, ",)]"))
	return !unit && !strings.ContainsAny(before[len(before)-1:], "([,=") && !strings.ContainsAny(after[:1], ")],=")
}

// depth returns the number of parentheses and brackets that are open at the end of a text.
func depth(text string) int {
	return strings.Count(text, "(") + strings.Count(text, "[") - strings.Count(text, ")") - strings.Count(text, "]")
}

// commaSpan is a list with a space after or before a comma.
func commaSpan(list []word) (int, string, string) {
	if !strings.Contains(list[0].text, "=") {
		return 1, "", ""
	}
	text, n, why := list[0].text, 1, ""
	for n < len(list) && !begins(list[n].text) && !named(list[n].text) {
		after, before := strings.HasSuffix(text, ","), strings.HasPrefix(list[n].text, ",")
		switch {
		case after:
			why = commaSpace
		case before:
			why = "no space before the comma"
		case entry(list[0].text, list[n].text):
			text, why = text+",", "entries have commas between them, and no spaces"
		default:
			return n, text, why
		}
		text += list[n].text
		n++
	}
	return n, text, why
}

// unitSpan is a number and its unit, or the parts of a duration.
func unitSpan(list []word) (int, string, string) {
	_, value, valued := strings.Cut(list[0].text, "=")
	if !valued || value == "" || len(list) == 1 {
		return 1, "", ""
	}
	next := list[1].text
	number := digits(value[len(value)-1:])
	_, unit := unitOf(next)
	switch {
	case number && (unit || next == "%" || next == "percent" || next == "pct"):
		return 2, list[0].text + next, unitSpace
	case number && slices.Contains(countWords, strings.ToLower(next)):
		return 2, list[0].text + next, "the number stands alone"
	case isDuration(value) && !digits(next) && isDuration(next):
		return 2, list[0].text + next, "a duration is one word"
	}
	return 1, "", ""
}

// named reports whether a word is the name of an option, here or elsewhere.
func named(text string) bool {
	_, known := called(strings.TrimRight(text, ":="))
	return known
}

// entry reports whether a word is another entry of the list that an option takes.
func entry(option, text string) bool {
	name, value, _ := strings.Cut(option, "=")
	o, known := called(name)
	switch {
	case !known:
		return false
	case o.Kind == Schedule:
		return isDuration(text) && isDuration(value)
	case o.Kind == Errors:
		return strings.ContainsAny(text, ".*") && reads("on="+text) || strings.HasPrefix(text, "Err")
	}
	return false
}

func isDuration(text string) bool {
	_, err := parseDuration(text)
	return err == nil
}

// begins reports whether a word is an option of its own rather than a part of the one before it.
func begins(text string) bool {
	name, _, valued := strings.Cut(text, "=")
	o := find(name)
	return o != nil || valued && name != "" && !strings.ContainsAny(name, "()[]") || strings.HasPrefix(text, "#")
}
