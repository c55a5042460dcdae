package forecast

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
)

// crowd holds clients that are simulated one by one. Each may stand for several. Those that wait for the same step form
// a list through next, so that an event costs no allocation and no search.
type crowd struct {
	*clock
	plan     plan
	heads    []int32 // by step, modulo their number: the first client that waits for it
	next     []int32
	attempts []uint16
	states   []call // by client, where what it has waited decides what comes next; else empty
	spare    int32  // the first of the clients that are done
	random   *rand.Rand
	weight   float64 // the clients that each stands for
	carry    float64 // new calls that are not a whole client yet
	first    float64
	tokens   *tokens
	tell     func(share float64)
	open     int
	events   int // attempts so far
	limit    int // of these
}

const (
	none        = -1
	mostEvents  = 1_000_000 // that are drawn unless all are asked for
	briefEvents = 200_000   // and where several loads are compared
	allEvents   = 5_000_000 // where all are asked for
	mostOpen    = 2_000_000 // calls that are drawn at a time, for the sake of memory
)

// errMany says that there are more attempts than may be drawn.
var errMany = errors.New("more attempts than may be drawn")

// crowdWeight is the number of clients that each of those which are drawn stands for, by the attempts that are expected.
func crowdWeight(p plan, s Scenario) float64 {
	if s.Simulate {
		return 1
	}
	c := newClock(p, s)
	calls := float64(s.Clients) + s.Rate*float64(c.outage+2*min(c.span, c.outage))*c.step
	each := 1.0 // attempts of a client that are to be expected
	if n := len(p.laws); n > 0 {
		mean := max((p.laws[0].Mean()+p.laws[n/2].Mean())/2, c.step)
		each = min(float64(n), 1+s.Outage.Seconds()/mean)
	}
	return max(calls*each/float64(s.events()), 1)
}

// events is the number of attempts that are drawn.
func (s Scenario) events() int {
	switch {
	case s.Simulate:
		return allEvents
	case s.brief:
		return briefEvents
	}
	return mostEvents
}

func newCrowd(p plan, s Scenario, c *clock, weight float64) *crowd {
	w := &crowd{
		clock: c, plan: p, heads: make([]int32, min(c.span, c.most)+2), spare: none, weight: weight, limit: 2 * s.events(),
		random: rand.New(rand.NewPCG(s.Seed, 3)), first: float64(s.Clients),
		tokens: newTokens(s.Budget, c.step), tell: s.Progress,
	}
	for i := range w.heads {
		w.heads[i] = none
	}
	n := int(min(float64(s.Clients)/weight, float64(w.limit))) + 1
	w.next, w.attempts = make([]int32, 0, n), make([]uint16, 0, n)
	return w
}

// enter returns a client that makes its first attempt.
func (w *crowd) enter() int32 {
	w.open++
	if id := w.spare; id != none {
		w.spare = w.next[id]
		w.attempts[id] = 0
		if w.remembers() {
			w.states[id] = call{}
		}
		return id
	}
	w.next, w.attempts = append(w.next, none), append(w.attempts, 0)
	if w.remembers() {
		w.states = append(w.states, call{})
	}
	return int32(len(w.next) - 1)
}

// remembers reports whether the waits of a client so far decide its next wait.
func (w *crowd) remembers() bool { return w.plan.decorrelated || w.plan.within < math.Inf(1) }

// leave ends a client's call.
func (w *crowd) leave(id int32) {
	w.open--
	w.next[id], w.spare = w.spare, id
}

func (w *crowd) run(ctx context.Context) error {
	for t := 0; ; t++ {
		slot := t % len(w.heads)
		arriving := w.rate
		if t == 0 {
			arriving += w.first
		}
		w.carry += arriving / w.weight
		fresh := int(w.carry + 1e-9)
		w.carry -= float64(fresh)
		if w.crowded(fresh) {
			return errMany
		}
		w.calls += float64(fresh) * w.weight
		w.tokens.deposit(float64(fresh) * w.weight)
		for range fresh {
			id := w.enter()
			w.next[id], w.heads[slot] = w.heads[slot], id
		}
		requests := 0
		for id := w.heads[slot]; id != none; id = w.next[id] {
			requests++
		}
		if err := w.serve(ctx, t, slot, requests); err != nil {
			return err
		}
		if !w.count(t, float64(requests)*w.weight, float64(w.open)*w.weight+w.rate) {
			return nil
		}
	}
}

// crowded reports whether there are, with new clients, more attempts or more open calls than may be drawn.
func (w *crowd) crowded(fresh int) bool {
	return w.events > w.limit || w.open+fresh > min(w.limit, mostOpen)
}

// serve answers as many requests of a step as it may, each as likely as the others, and sends the rest back.
func (w *crowd) serve(ctx context.Context, t, slot, requests int) error {
	answers := w.answered(t, float64(requests)*w.weight) / w.weight
	whole := int(answers)
	if w.random.Float64() < answers-float64(whole) {
		whole++
	}
	w.events += requests
	left := requests
	id := w.heads[slot]
	w.heads[slot] = none
	for ; id != none; left-- {
		if left%65536 == 0 {
			if err := w.pause(ctx, t, requests-left, requests); err != nil {
				return err
			}
		}
		after := w.next[id]
		if whole > 0 && (whole >= left || w.random.IntN(left) < whole) {
			whole--
			w.leave(id)
		} else if at, ok := w.retry(t, id); ok {
			w.next[id], w.heads[at] = w.heads[at], id
		} else {
			w.failed += w.weight
			w.leave(id)
		}
		id = after
	}
	if requests == 0 && t%256 == 0 {
		return w.pause(ctx, t, 0, 1)
	}
	return nil
}

// pause looks whether anybody has lost patience, and says how far things are.
func (w *crowd) pause(ctx context.Context, t, done, of int) error {
	if w.tell != nil {
		w.tell((float64(t) + float64(done)/float64(of)) / float64(w.most))
	}
	return ctx.Err()
}

// retry draws a wait; it returns the slot of the step after it, or reports that the client gives up.
func (w *crowd) retry(t int, id int32) (slot int, ok bool) {
	k := int(w.attempts[id])
	if k >= len(w.plan.laws) {
		return 0, false
	}
	var c call
	if w.remembers() {
		c = w.states[id]
	}
	wait := w.plan.next(w.random, &c, k)
	if c.elapsed += wait; c.elapsed > w.plan.left(k) || !w.tokens.takeAll(w.weight) {
		return 0, false
	}
	if w.remembers() {
		w.states[id] = c
	}
	w.attempts[id]++
	steps := max(int(math.Round((wait+w.plan.attempt)/w.step)), 1)
	return (t + min(steps, len(w.heads)-1)) % len(w.heads), true
}
