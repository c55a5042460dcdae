package retries

import (
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Retried reports whether a function may get a second attempt.
func Retried(fn *directive.Func) bool { return fn.InForce().Retried() }

// LinkOf returns the layer that the wrapper of a function makes.
func (g *Graph) LinkOf(fn *directive.Func) chain.Link {
	_, name, _ := strings.Cut(fn.Task, ".")
	p := fn.InForce()
	wait, known := WorstWait(p)
	within, _ := p.Within.Value.Known()
	attempts, says := attemptsOf(p)
	l := chain.Link{
		Package: fn.Object.Pkg().Path(), Name: name, Attempts: attempts, Says: says,
		Wait: wait, Within: within, Open: !known, Series: beginsAnew(p),
	}
	if g.depth.positions { // its name is enough to tell it from others
		l.Pos = g.position(fn.Pos)
	}
	return l
}

// attemptsOf returns the attempts of a policy. If only the running program knows them, it returns one, which there is at
// least, and the name of the value that says how many there are.
func attemptsOf(p policy.Policy) (attempts int, says string) {
	if n, ok := p.Attempts(); ok {
		return n, ""
	}
	return 1, p.Retries.Value.Name().String()
}

// beginsAnew reports whether an attempt may run long enough to begin a new series.
func beginsAnew(p policy.Policy) bool {
	reset, known := p.Reset.Value.Known()
	timeout, limited := p.Timeout.Value.Known()
	return p.Reset.IsSet() && (!p.Timeout.IsSet() || !known || !limited || timeout >= reset)
}

// Before returns a chain with a layer before it. A layer that is known to make a single attempt changes nothing. If the chain has
// the layer already, the calls are a recursion: the chain ends where it comes round again, and nothing bounds its attempts. A loop
// whose function calls itself does so for something else: once more with what it has found, or for a part of it.
func (g *Graph) Before(l chain.Link, links []chain.Link) []chain.Link {
	if !l.Multiplies() {
		return links
	}
	at := slices.IndexFunc(links, l.Same)
	if at < 0 {
		return slices.Concat([]chain.Link{l}, links)
	}
	if l.IsLoop() {
		return slices.Concat([]chain.Link{l}, links[at+1:])
	}
	again := l
	again.Attempts, again.Says, again.Again = chain.Unlimited, "", true
	if again.Wait > 0 {
		again.Wait = chain.Endless
	}
	return append(append([]chain.Link{l}, links[:at]...), again)
}

// beforeAll returns the chains of a layer and of what begins behind it. If nothing does, the layer is a chain by itself.
func (g *Graph) beforeAll(l chain.Link, behind chain.Set) chain.Set {
	if len(behind.Chains) == 0 {
		behind.Chains = [][]chain.Link{nil}
	}
	var list [][]chain.Link
	for _, links := range behind.Chains {
		if links = g.Before(l, links); len(links) > 0 {
			list = append(list, links)
		}
	}
	set := chain.Of(g.depth.limit, list...)
	set.Cut = set.Cut || behind.Cut
	return set
}

// OwnPolicy reports whether a chain has a layer that a directive makes.
func OwnPolicy(links []chain.Link) bool {
	return slices.ContainsFunc(links, func(l chain.Link) bool { return !l.Client })
}
