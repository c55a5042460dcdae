package policy

import (
	"errors"
	"fmt"
	"go/constant"
	"math"
	"slices"
	"time"
)

// Want is what the type of a name has to be.
type Want uint8

// What names may stand for.
const (
	WantOption Want = iota // what the option takes
	WantCount              // an integer
	WantLength             // a time.Duration
	WantFactor             // a float or an integer
)

// Operand is a name in place of a number.
type Operand struct {
	Entry
	Name Name
	Want Want
	Text string // the whole value of the option

	Known bool // it is a constant that has been bound
	bind  func(constant.Value) error
	named *Name // where the policy holds the name
}

// Bind gives the operand the value of a constant in the policy that [Policy.Bindable] was called on. It returns an error if the number is out of range.
func (o Operand) Bind(value constant.Value) error { return o.bind(value) }

// Operands returns the names in place of numbers. It only reads the policy: to bind one of them changes nothing.
func (p Policy) Operands() []Operand { return p.Bindable() }

// Bindable returns the names in place of numbers, ready to be bound in this policy, which shares no list with another one from
// then on.
func (p *Policy) Bindable() []Operand {
	var list []Operand
	for e := range p.Entries() {
		for _, o := range e.operands(p) {
			o.Entry, o.Text = e, e.print(p)
			list = append(list, o)
		}
	}
	return list
}

// Open lists the names in the policy whose values only the running program knows. A list of delays is among them, a function
// that decides each delay is not.
func (p Policy) Open() []Operand {
	return slices.DeleteFunc(p.open(), func(o Operand) bool { return o.Known })
}

// open returns the operands, and the name of a list of delays.
func (p *Policy) open() []Operand {
	list := p.Bindable()
	if d := p.Delay; d.IsSet() && d.Value.Kind == Slice {
		list = append(list, Operand{Entry: p.Entry("delay"), Name: d.Value.Func.Name, Text: d.Value.String()})
	}
	return list
}

// operand returns the operand of a number, nothing if it is written.
func operand[T int | float64 | time.Duration](n *Number[T], want Want, read func(constant.Value) (T, error)) []Operand {
	if n.name == "" {
		return nil
	}
	return []Operand{{Name: n.name, Want: want, Known: n.bound, named: &n.name, bind: func(value constant.Value) error {
		read, err := read(value)
		if err == nil {
			n.value, n.bound = read, true
		}
		return err
	}}}
}

// operands returns the operand of a number of retries or attempts.
func (c *RetryCount) operands() []Operand {
	return operand(&c.Number, WantCount, func(value constant.Value) (int, error) {
		n, ok := constant.Int64Val(constant.ToInt(value))
		switch {
		case c.Attempts && (!ok && constant.Sign(value) < 0 || ok && n < 1):
			return 0, errors.New("attempts are at least 1")
		case !ok && constant.Sign(value) > 0 || n > maxRetries:
			return 0, fmt.Errorf("too many; want at most %d, or unlimited", maxRetries)
		case constant.Sign(value) < 0:
			return 0, errors.New("a number of retries is never negative; want 0, 1, 2, … or unlimited")
		case c.Attempts:
			n--
		}
		return int(n), nil
	})
}

// limit returns the operand of a duration that is not 0.
func limit(n *Length) []Operand {
	return operand(n, WantLength, func(value constant.Value) (time.Duration, error) {
		d, err := lengthOf(value)
		if err == nil && d == 0 {
			err = errors.New("want more than 0")
		}
		return d, err
	})
}

// operands returns the operands of a schedule.
func (d *Delay) operands() []Operand {
	var list []Operand
	d.Delays = slices.Clone(d.Delays) // other policies may have the same list
	for i := range d.Delays {
		list = append(list, operand(&d.Delays[i], WantLength, lengthOf)...)
	}
	return append(list, operand(&d.Base, WantFactor, func(value constant.Value) (float64, error) {
		base, err := factorOf(value)
		switch {
		case err != nil:
			return 0, err
		case base <= 0:
			return 0, errors.New("base must be more than 0")
		case base > maxFactor:
			return 0, fmt.Errorf("want a base of at most %.0f", maxFactor)
		}
		return base, nil
	})...)
}

// operands returns the operand of a jitter.
func (j *Jitter) operands() []Operand {
	list := operand(&j.Spread, WantLength, lengthOf)
	return append(list, operand(&j.Factor, WantFactor, func(value constant.Value) (float64, error) {
		factor, err := factorOf(value)
		if err == nil {
			err = j.within(factor)
		}
		return factor, err
	})...)
}

// lengthOf returns the duration that a constant is.
func lengthOf(value constant.Value) (time.Duration, error) {
	n, ok := constant.Int64Val(constant.ToInt(value))
	if !ok || n < 0 {
		return 0, errors.New("a duration is never negative")
	}
	return time.Duration(n), nil
}

// factorOf returns the number that a constant is.
func factorOf(value constant.Value) (float64, error) {
	f, _ := constant.Float64Val(constant.ToFloat(value))
	switch {
	case math.IsInf(f, 0):
		return 0, errors.New("the number is too large")
	case f < 0:
		return 0, errors.New("the number is never negative")
	}
	return f, nil
}
