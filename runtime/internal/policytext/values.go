// Package policytext reads and prints the text of policies as values: the options of a directive that need no Go name.
//
//	values, mistake := policytext.Parse("retries=4 delay=exponential(2) jitter=+10%")
//
// returns Values whose Set has the bits of Retries, Delay and Jitter. The language is the one of directives. The tools'
// package internal/policy reads directives; it belongs to another module and knows more: names, and what was meant by
// words of other languages.
package policytext

import "time"

// Options is a set of options.
type Options uint8

// The options.
const (
	Retries Options = 1 << iota
	Delay
	Jitter
	Cap
	Timeout
	Within
	Reset

	Early = Timeout | Within | Reset // calls need them when they begin
)

// Has reports whether any of other is in the set.
func (o Options) Has(other Options) bool { return o&other != 0 }

// Values are the options of a policy. They are comparable, and the zero value says nothing.
type Values struct {
	Set     Options // have a value below
	Cleared Options // are written as option=none; the value below is zero

	Retries int // or -1, which is retry.Unlimited
	Delay   Schedule
	Jitter  Spread
	Cap     time.Duration // > 0, as are those that follow
	Timeout time.Duration
	Within  time.Duration
	Reset   time.Duration
}

// Says returns the options that are set or cleared.
func (v *Values) Says() Options { return v.Set | v.Cleared }

// Or returns the values, and for options that they do not say those of other.
func (v Values) Or(other Values) Values {
	for i := range options {
		if o := &options[i]; !v.Says().Has(o.bit) && other.Says().Has(o.bit) {
			v.Set |= other.Set & o.bit
			v.Cleared |= other.Cleared & o.bit
			o.copy(&v, &other)
		}
	}
	return v
}

// Without returns the values without some options.
func (v Values) Without(other Options) Values {
	var nothing Values
	for i := range options {
		if o := &options[i]; other.Has(o.bit) {
			v.Set, v.Cleared = v.Set&^o.bit, v.Cleared&^o.bit
			o.copy(&v, &nothing)
		}
	}
	return v
}
