package policy

import (
	"cmp"
	"errors"
	"fmt"
	"go/constant"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Fill gives a name in place of numbers a value, which is read as a value of each option that has the name. The policy is
// what the running program makes of it: a limit of 0 is none, and attempts below 1 are 1.
func (p *Policy) Fill(name Name, text string) error {
	for _, o := range p.open() {
		if o.Name != name || o.Known {
			continue
		}
		if err := p.fill(o, text); err != nil {
			return fmt.Errorf("%s=%s: %s: %w", p.Spelled(o.Entry.Name), o.Text, Quoted(text), err)
		}
	}
	return nil
}

func (p *Policy) fill(o Operand, text string) error {
	if o.bind == nil {
		return p.fillList(text)
	}
	value, err := o.Want.read(text)
	if err != nil {
		return err
	}
	zero := constant.Sign(value) == 0
	switch {
	case zero && o.Entry.Kind == Duration:
		h := o.setting(p).head()
		*h.state = None
		return nil
	case zero && o.Entry.Kind == Count && p.Retries.Value.Attempts, zero && o.Entry.Kind == Schedule && o.Want == WantFactor:
		value = constant.MakeInt64(1)
	}
	return o.bind(value)
}

// fillList gives the name of a list of delays a value.
func (p *Policy) fillList(text string) error {
	list, err := parseList(text)
	if err == nil && len((&list).operands()) > 0 {
		err = errors.New("want durations with commas between them")
	}
	if err == nil {
		p.Delay.Value = list
	}
	return err
}

// read reads a text as a value.
func (w Want) read(text string) (constant.Value, error) {
	switch w {
	case WantCount:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !digits(text) {
			return nil, errors.New("want a whole number, such as 5")
		}
		return constant.MakeInt64(n), nil
	case WantLength:
		if !numeric(text) {
			return nil, errors.New("want a duration, such as 5s")
		}
		d, err := parseDuration(text)
		return constant.MakeInt64(int64(d)), err
	}
	factor, err := decimal(strings.TrimSuffix(text, "%"))
	return constant.MakeFloat64(factor), err
}

// ParseValue reads the text of a [retry.Policy], which has options without Go names and no comments. It returns the mistakes
// in it, sorted.
func ParseValue(text string, base int) (Policy, []Problem) {
	p, problems := Parse(text, base)
	for e := range p.Entries() {
		if !slices.Contains(valueKinds, e.Kind) || len(e.operands(&p)) > 0 || len(e.names(&p)) > 0 {
			word := words(text[e.Pos-base:])[0].text
			problems = append(problems, Problem{Pos: e.Pos, Message: mistakeIn(word).Message})
		}
	}
	if len(problems) == 0 {
		problems = p.Check()
	}
	if mistake := mistakeIn(text); mistake != nil && len(problems) == 0 {
		problems = append(problems, Problem{Pos: base + mistake.Offset, Message: mistake.Message})
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Pos, b.Pos) })
	return p, problems
}

// valueKinds are the kinds of the options that a policy value may say.
var valueKinds = []Kind{Count, Schedule, Spread, Duration}

// mistakeIn returns what the running program would say of a text, nil if it takes it.
func mistakeIn(text string) *retry.PolicyError {
	_, err := retry.ParsePolicy(text)
	mistake, _ := errors.AsType[*retry.PolicyError](err)
	return mistake
}

// Beneath returns the policy with the options of a policy value, but for those that win over it.
func (p Policy) Beneath(value Policy, wins func(Entry) bool) Policy {
	for e := range value.Entries() {
		if mine := p.Entry(e.Name); wins(mine) {
			continue
		}
		s := e.setting(&p)
		s.drop()
		s.inherit(e.setting(&value))
	}
	return p
}

// Hidden returns the policy in which all options that a policy value may say have the name of the value, but for those that
// win over it: only the running program knows them.
func (p Policy) Hidden(name Name, wins func(Entry) bool) Policy {
	length := Setting[Length]{State: Set, Value: Named[time.Duration](name)}
	hidden := Policy{
		Retries: Setting[RetryCount]{State: Set, Value: RetryCount{Number: Named[int](name)}},
		Delay:   Setting[Delay]{State: Set, Value: Alone(Slice, name)},
		Jitter:  Setting[Jitter]{State: Set, Value: Jitter{Factor: Named[float64](name)}},
		Cap:     length, Timeout: length, Within: length, Reset: length,
	}
	return p.Beneath(hidden, wins)
}

// Spoken returns the policy in which the names in place of numbers are spelled as a function says.
func (p Policy) Spoken(spell func(Name) Name) Policy {
	for _, o := range p.Bindable() {
		*o.named = spell(o.Name)
	}
	if d := &p.Delay; d.IsSet() && d.Value.Kind == Slice {
		d.Value.Func.Name = spell(d.Value.Func.Name)
	}
	return p
}
