package chain

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Endless is a wait that nothing bounds.
const Endless = time.Duration(math.MaxInt64)

// Bound is the most that code does, with all layers of retries in it. The zero value is code that never retries.
type Bound struct {
	Attempts int           // of the innermost functions, added up; Unlimited; saturates at Most
	Wait     time.Duration // between attempts, added up; saturates at Endless

	// The numbers are no bound where something is not known: how often a loop runs, or what a function value calls.
	MoreAttempts, MoreWait bool
	Why                    string // the first such reason with its position, "" if there is none

	Params bool // it also calls functions that are its parameters
	Blocks bool // it may wait for another goroutine
}

// IsZero reports whether code neither retries nor calls what is not known.
func (b Bound) IsZero() bool {
	b.Blocks = false
	return b == Bound{}
}

// Unknown returns the bound of code of which nothing is known.
func Unknown(why string) Bound { return Bound{MoreAttempts: true, MoreWait: true, Why: why} }

// Plus returns the bound of two pieces of code that both run.
func (b Bound) Plus(other Bound) Bound {
	sum := b.flags(other)
	sum.Attempts, sum.Wait = plus(b.Attempts, other.Attempts), policy.Add(b.Wait, other.Wait)
	return sum
}

// Or returns the bound of two pieces of code of which one runs.
func (b Bound) Or(other Bound) Bound {
	larger := b.flags(other)
	larger.Attempts, larger.Wait = b.Attempts, max(b.Wait, other.Wait)
	if uint(other.Attempts) > uint(b.Attempts) { // as unsigned numbers, Unlimited is the largest
		larger.Attempts = other.Attempts
	}
	return larger
}

// Beside returns the bound of two pieces of code that run at the same time. If one may wait for the other, they are added
// up.
func (b Bound) Beside(other Bound) Bound {
	sum := b.Plus(other)
	if !sum.Blocks {
		sum.Wait = max(b.Wait, other.Wait)
	}
	return sum
}

// Times returns the bound of code that runs n times.
func (b Bound) Times(n int) Bound {
	if n == 0 {
		return Bound{}
	}
	b.Wait = policy.Times(n, b.Wait)
	if b.Attempts != Unlimited && b.Attempts != 0 {
		b.Attempts = times(n, b.Attempts)
	}
	return b
}

// Often returns the bound of code that runs an unknown number of times, for a reason.
func (b Bound) Often(why string) Bound {
	if b.Attempts == 0 && b.Wait == 0 && !b.MoreAttempts && !b.MoreWait {
		return b
	}
	b.MoreAttempts, b.MoreWait, b.Why = true, b.MoreWait || b.Wait > 0, cmp.Or(b.Why, why)
	return b
}

// Alone returns the bound of code whose parameters are not known, for a reason.
func (b Bound) Alone(why string) Bound {
	if b.Params {
		b.MoreAttempts, b.MoreWait, b.Params, b.Why = true, true, false, cmp.Or(b.Why, why)
	}
	return b
}

// Inside returns the bound of a layer whose attempts call the code.
func (b Bound) Inside(l Link) Bound {
	if l.Says != "" {
		b.MoreAttempts, b.MoreWait, b.Why = true, true, cmp.Or(b.Why, l.at()+": it is tried as often as "+l.Says+" says")
	}
	if l.Attempts == 1 {
		return b
	}
	if l.Series {
		b.MoreAttempts, b.MoreWait, b.Why = true, true, cmp.Or(b.Why, l.at()+": an attempt that runs long begins its retries anew")
	}
	if l.Open {
		b.MoreWait, b.Why = true, cmp.Or(b.Why, l.at()+": its waits are not known")
	}
	inner := b.Wait
	b.Wait = l.around(inner)
	switch {
	case l.Attempts == Unlimited || b.Attempts == Unlimited:
		b.Attempts = Unlimited
	default:
		b.Attempts = times(l.Attempts, max(b.Attempts, 1))
	}
	return b
}

// at names the layer with its position, where that is known: "price.go:12: retry-go.Do".
func (l Link) at() string {
	if !l.Pos.IsValid() {
		return l.Called("")
	}
	return fmt.Sprintf("%s:%d: %s", filepath.Base(l.Pos.Filename), l.Pos.Line, l.Called(""))
}

// around returns the longest wait of a layer whose attempts wait for inner.
func (l Link) around(inner time.Duration) time.Duration {
	wait := Endless
	switch {
	case l.Attempts != Unlimited:
		wait = policy.Add(l.Wait, policy.Times(l.Attempts, inner))
	case inner == 0 && l.Wait == 0:
		wait = 0
	}
	if l.Within > 0 {
		wait = min(wait, policy.Add(l.Within, inner)) // the last attempt begins within it
	}
	return wait
}

// flags returns what is not known of either piece of code.
func (b Bound) flags(other Bound) Bound {
	return Bound{
		MoreAttempts: b.MoreAttempts || other.MoreAttempts, MoreWait: b.MoreWait || other.MoreWait,
		Why: cmp.Or(b.Why, other.Why), Params: b.Params || other.Params, Blocks: b.Blocks || other.Blocks,
	}
}

// plus adds attempts.
func plus(a, b int) int {
	if a == Unlimited || b == Unlimited {
		return Unlimited
	}
	return min(a+b, Most)
}

// String describes the bound: "15 attempts, up to 6m2s of waiting", "15 attempts or more, 6m2s or more of waiting".
func (b Bound) String() string {
	text := Count(b.Attempts) + " attempts"
	if b.MoreAttempts && b.Attempts != Unlimited {
		text += " or more"
	}
	switch {
	case policy.Saturated(b.Wait):
		return text + ", waits without end"
	case b.MoreWait && b.Wait > 0:
		return text + ", " + policy.Spell(b.Wait) + " of waiting or more"
	case b.Wait > 0:
		return text + ", up to " + policy.Spell(b.Wait) + " of waiting"
	}
	return text
}
