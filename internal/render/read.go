package render

import (
	"maps"
	"strconv"

	"github.com/retrygen/retrygen/internal/policy"
)

// reads are the values that only the running program knows and that a call reads once, into locals or fields of the loop.
type reads struct {
	early     []stmt     // before the loop's literal
	late      []*reading // behind it
	assigned  []stmt     // behind it too
	prepared  []stmt     // before each wait
	holders   map[place]*name
	heldCalls map[calling]*heldCall
	counts    map[calling]int // of the values behind each call
}

// place is where a name stands in a policy.
type place struct {
	option string
	name   policy.Name
}

// reading is one value that is read.
type reading struct {
	operand
	to    code  // what holds it
	local *name // to is a local, which is declared; nil for a field
}

// inHead writes an operand in code that runs more than once: by name if the name always means the same, else as the local
// that holds its value.
func (fr *frame) inHead(o operand, option string, n policy.Name, want string) code {
	if o.lasting() {
		return o.as(fr.ref(o.ref))
	}
	return join(fr.hold(&fr.late, o, place{option, n}, want))
}

// hold returns the local that holds an operand.
func (fr *frame) hold(list *[]*reading, o operand, at place, want string) *name {
	if fr.holders[at] == nil {
		if fr.holders == nil {
			fr.holders = map[place]*name{}
		}
		local := invented(want)
		fr.holders[at] = local
		*list = append(*list, &reading{operand: o, to: join(local), local: local})
	}
	return fr.holders[at]
}

// limitField writes a field of the loop's literal with the duration of an option.
func (fr *frame) limitField(loop *name, field, option string, setting policy.Setting[policy.Length]) []code {
	n := setting.Value.Name()
	switch {
	case fr.limits != nil && option != "cap" && !fr.says(option) && !(option == "reset" && fr.fn.Flow):
		return []code{element(field, fr.limits, "."+field)}
	case !setting.IsSet():
		return nil
	case n == "" || fr.holders[place{option, n}] != nil:
		return []code{element(field, fr.limit(option, setting))}
	}
	return fr.field(loop, field, operand{ref: fr.fn.Number(option, n)})
}

// limit writes the duration of an option: the local that holds it, if there is one.
func (fr *frame) limit(option string, setting policy.Setting[policy.Length]) code {
	n := setting.Value.Name()
	switch held := fr.holders[place{option, n}]; {
	case held != nil:
		return join(held)
	case n == "":
		d, _ := setting.Value.Known()
		return fr.duration(d)
	}
	return fr.ref(fr.fn.Number(option, n))
}

// readLimits reads the limits that begin with the first attempt. Overrides may replace those that the directive says.
func (fr *frame) readLimits() []stmt {
	p := fr.fn.Policy
	var guarded []*reading
	var plain, replaced []stmt
	for _, l := range []struct {
		option, override string
		setting          policy.Setting[policy.Length]
	}{{"timeout", "TimeoutFor", p.Timeout}, {"within", "WithinFor", p.Within}, {"reset", "ResetFor", p.Reset}} {
		if !l.setting.IsSet() {
			continue
		}
		at := place{l.option, l.setting.Value.Name()}
		inForce := func(own code) code { return own }
		if fr.says(l.option) {
			inForce = func(own code) code { return call(fr.loop(l.override), fr.task(), own) }
		}
		if o := (operand{ref: fr.fn.Number(l.option, at.name)}); o.ref != nil && fr.guarded(o.ref) {
			local := fr.hold(&guarded, o, at, l.option)
			if fr.says(l.option) {
				replaced = append(replaced, line(local, " = ", inForce(join(local))))
			}
			continue
		}
		if fr.says(l.option) || fr.changes(l.option, at.name) {
			value := fr.limit(l.option, l.setting)
			if ref := fr.fn.Number(l.option, at.name); ref != nil {
				var calls []stmt
				calls, value = fr.plainly(ref)
				plain = append(plain, calls...)
			}
			plain = append(plain, fr.holdAs(at, l.option, inForce(value)))
		}
	}
	return append(append(plain, fr.read(guarded)...), replaced...)
}

// changes reports whether a name may mean something else later in a call.
func (fr *frame) changes(option string, n policy.Name) bool {
	return n != "" && !operand{ref: fr.fn.Number(option, n)}.lasting()
}

// holdAs declares the local that holds the number of an option.
func (fr *frame) holdAs(at place, want string, value code) stmt {
	local := invented(want)
	if fr.holders == nil {
		fr.holders = map[place]*name{}
	}
	fr.holders[at] = local
	return line(declare(local), " := ", value)
}

// readCount reads the number of retries, if observers or a flow need it before the first attempt.
func (fr *frame) readCount() []stmt {
	n := fr.fn.Policy.Retries.Value.Name()
	if n == "" || !fr.fn.Flow && !fr.fn.Policy.Observe.IsSet() {
		return nil
	}
	o := fr.limitedCount()
	if o.ref.Constant {
		return nil
	}
	var list []*reading
	fr.hold(&list, o, place{"retries", n}, "retries")
	return fr.read(list)
}

// limitedCount is the number of retries where a negative one would be no limit.
func (fr *frame) limitedCount() operand {
	o := fr.count()
	if !fr.fn.Policy.Retries.Value.Attempts {
		o.convert = func(c code) code { return call(fr.loop("Int"), c) }
	}
	return o
}

// countNow writes the number of retries in force in a block that ends the call, with the statements that read it there.
func (fr *frame) countNow() (retries code, s []stmt) {
	n := fr.fn.Policy.Retries.Value.Name()
	if n == "" || fr.holders[place{"retries", n}] != nil || fr.limitedCount().ref.Constant {
		return fr.retriesInForce(), nil
	}
	defer fr.forget(maps.Clone(fr.heldCalls)) // what is held in the block ends with it
	local := invented("retries")
	s = fr.read([]*reading{{operand: fr.limitedCount(), to: join(local), local: local}})
	return fr.orPolicy(join(local)), s
}

// retriesField writes the field of the loop that says how often it retries.
func (fr *frame) retriesField(loop *name) []code {
	retries := fr.fn.Policy.Retries
	n := retries.Value.Name()
	switch {
	case fr.fn.Policy.Endless():
		return []code{fr.flag("Unlimited")}
	case !retries.IsSet() || n == "" || fr.holders[place{"retries", n}] != nil:
		return []code{element("Retries", fr.retryCount())}
	}
	return fr.field(loop, "Retries", fr.count())
}

// retryCount writes the number of retries, which comes from the environment if the policy does not say it.
func (fr *frame) retryCount() code {
	retries := fr.fn.Policy.Retries
	known, _ := retries.Value.Known()
	switch n := retries.Value.Name(); {
	case retries.State == policy.None:
		return join("0")
	case !retries.IsSet() && fr.fn.Flow:
		return call(fr.loop("FlowRetries"))
	case !retries.IsSet():
		return call(fr.loop("TaskRetries"))
	case n != "" && fr.holders[place{"retries", n}] != nil:
		return join(fr.holders[place{"retries", n}])
	case n != "":
		return fr.count().as(fr.ref(fr.count().ref))
	case known < 0:
		return fr.retry("Unlimited")
	default:
		return join(strconv.Itoa(known))
	}
}

// read writes the statements that read values. What may be nil on the way is asked once for all values behind it.
func (fr *frame) read(list []*reading) []stmt {
	root := &turn{}
	for _, r := range list {
		last, value := fr.follow(r.ref, root)
		if last != root && r.local != nil {
			root.vars = append(root.vars, fr.zeroed(r))
		}
		if last == root && r.local != nil {
			last.reads = append(last.reads, line(declare(r.local), " := ", r.as(value)))
		} else {
			last.reads = append(last.reads, line(r.to, " = ", r.as(value)))
		}
	}
	return root.stmts(fr.predeclared("nil"))
}

// zeroed declares the local of a reading with the value that it has where something on the way is nil.
func (fr *frame) zeroed(r *reading) stmt {
	switch r.kind {
	case count:
		return line(declare(r.local), " := 0")
	case factor:
		return line(declare(r.local), " := 0.0")
	case budgets:
		return line("var ", declare(r.local), " *", fr.retry("Budget"))
	case policies:
		return line("var ", declare(r.local), " ", fr.retry("Policy"))
	case lengths:
		return line("var ", declare(r.local), " []", fr.std("time", "Duration"))
	case allower:
		return line("var ", declare(r.local), " ", fr.loop("Allower"))
	case waiter:
		return line("var ", declare(r.local), " ", fr.loop("Waiter"))
	}
	return line("var ", declare(r.local), " ", fr.std("time", "Duration"))
}

// field writes a field of the loop's literal. If something on the way to its value may be nil, the field is assigned
// behind the literal, and there is nothing to write here.
func (fr *frame) field(loop *name, field string, o operand) []code {
	if fr.guarded(o.ref) {
		fr.late = append(fr.late, &reading{operand: o, to: join(loop, "."+field)})
		return nil
	}
	calls, value := fr.plainly(o.ref)
	fr.early = append(fr.early, calls...)
	return []code{element(field, o.as(value))}
}
