package growth

import (
	"fmt"
	"go/ast"
	"go/types"
	"math"
)

// Backoff is a fact about a function that returns a delay that grows, or waits for one.
type Backoff struct {
	Param  int  // the parameter that counts the attempts, -1 if the receiver or something else does
	From   int  // the number from which on the delay may be negative or nothing, 0 if that never happens
	Capped bool // a maximum limits it before
}

// AFact marks Backoff as a fact.
func (*Backoff) AFact() {}

// String describes the fact, for debugging.
func (b *Backoff) String() string {
	return fmt.Sprintf("backoff(param=%d from=%d capped=%t)", b.Param, b.From, b.Capped)
}

// export exports the fact about a function that is a unit.
func (f *finder) export(u *unit, t *tracks) (private bool) {
	if u.loop != nil || u.f.object == nil {
		return false
	}
	fact := &Backoff{Param: -1}
	for i, param := range u.f.params(u.info) {
		if param != nil && u.f.driven.places[place{root: param}] {
			fact.Param = i
		}
	}
	for _, at := range t.list {
		if at.sink.kind == returnedDelay || at.sink.kind == waited {
			if at.first >= earliest && (fact.From == 0 || at.first < fact.From) {
				fact.From = at.first
			}
			fact.Capped = fact.Capped || at.top < tooLong
		}
	}
	if len(t.list) > 0 && (u.f.object.Exported()) {
		f.pass.ExportObjectFact(u.f.object, fact)
	}
	return u.callersKnown()
}

// known returns what a function of another package returns, by what is known of it.
func (m *machine) known(callee *types.Func, fact *Backoff, x *ast.CallExpr, args []value) (value, bool) {
	if fact == nil {
		return value{}, false
	}
	number := m.attempt()
	if fact.Param >= 0 && fact.Param < len(args) {
		number = args[fact.Param]
	}
	v := value{lo: 1, hi: day, site: x}
	if !fact.Capped {
		v.hi = min(1e9*math.Exp2(number.hi), 1<<62)
	}
	if fact.From > 0 && number.hi >= float64(fact.From) {
		v.wrap = negative | zero
	}
	if callee.Signature().Results().Len() == 0 || !isDuration(callee.Signature().Results().At(0).Type()) {
		m.show(sink{x, waited, v})
		return m.ordinary(nil), true
	}
	return v, true
}
