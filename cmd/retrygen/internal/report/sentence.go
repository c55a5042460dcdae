package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/units"
)

// span is a stretch of text: words, or a number.
type span struct {
	text  string // as it is shown
	value string // the number, as the JSON of the report writes it; "" for words
	term  string // what defines the words; "" for nothing
	code  bool   // words as a program has them
}

// sentence is text that can be shown on a terminal and on a page.
type sentence []span

// String returns the text alone.
func (s sentence) String() string {
	var b strings.Builder
	for _, part := range s {
		b.WriteString(part.text)
	}
	return b.String()
}

// with returns the sentence with its texts changed.
func (s sentence) with(change func(string) string) sentence {
	s = slices.Clone(s)
	for i := range s {
		s[i].text = change(s[i].text)
	}
	return s
}

// say puts spans into text, one for each @. "[words|term]" links words to the definition of a term, "[term]" the term
// itself. The spans may hold whatever they like.
func say(text string, spans ...span) sentence {
	var s sentence
	for text != "" {
		at := strings.IndexAny(text, "@[")
		if at < 0 {
			at = len(text)
		}
		if at > 0 {
			s = append(s, span{text: text[:at]})
			text = text[at:]
			continue
		}
		if text[0] == '@' {
			s, spans, text = append(s, spans[0]), spans[1:], text[1:]
			continue
		}
		words, rest, _ := strings.Cut(text[1:], "]")
		words, term, found := strings.Cut(words, "|")
		if !found {
			term = words
		}
		s, text = append(s, span{text: words, term: term}), rest
	}
	if len(spans) > 0 {
		panic(fmt.Sprintf("%d spans too many", len(spans)))
	}
	return s
}

// words says something that may hold anything.
func words(text string) span { return span{text: text} }

// code is text as a program has it.
func code(text string) span { return span{text: text, code: true} }

// exact writes a number as encoding/json does.
func exact[T int | float64 | uint64](x T) string {
	text, err := json.Marshal(x)
	if err != nil {
		return "" // no number: shown as words
	}
	return string(text)
}

// seconds shows a time.
func seconds(x float64) span { return span{text: units.Duration(x), value: exact(x)} }

// longTime shows a time in a sentence, where there is room to say what saturated means.
func longTime(x float64) span {
	s := seconds(x)
	if units.Saturated(x) {
		s.text = "longer than a century (saturated)"
	}
	return s
}

// share shows a share of 1 as a percentage.
func share(x float64) span { return span{text: units.Percent(x), value: exact(x)} }

// figure shows a number.
func figure(x float64) span { return span{text: units.Number(x), value: exact(x)} }

// multiple shows how many times the capacity something is.
func multiple(x float64) span { return span{text: units.Number(x) + "×", value: exact(x)} }

// whole shows a whole number.
func whole(n int) span { return span{text: units.Count(n), value: exact(n)} }

// attempts shows a number of attempts.
func attempts(n int) span {
	switch n {
	case Unlimited:
		return span{text: "unlimited", value: exact(n)}
	case Most:
		return span{text: "over 2 billion", value: exact(n)}
	}
	return whole(n)
}
