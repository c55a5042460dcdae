package forecast

import (
	"math"
	"slices"
)

// Decorrelated waits are a Markov chain: each is uniform between the first delay and three times the wait before. The
// chain is followed on a grid over the latest wait and the sum of all waits. Its cells grow by the cellsPerTriple-th
// root of 3, so that three times the end of a cell is the end of another.
const (
	cellsPerTriple   = 18
	sums             = 800 // times at which the distribution of the sum is kept
	mostDecorrelated = 12  // retries that are followed so; more are drawn
)

// chain is the state after some retries.
type chain struct {
	first, limit float64
	edges        []float64 // of the cells of the latest wait
	times        []float64 // of the sum
	below        [][]float64
	filled       int // cells that the latest wait may be in: those after are empty
}

// decorrelated returns the distributions of each wait and of the sums of waits, before retries 1 to n.
func decorrelated(first, limit float64, n int) (waits, totals []Distribution) {
	c := startChain(first, limit, n)
	for k := range n {
		if k > 0 {
			c.step()
		}
		waits, totals = append(waits, c.wait()), append(totals, c.total())
	}
	// The first wait is a law, and so exact.
	law := Law{low: first, high: min(3*first, limit)}
	waits[0], totals[0] = law, shifted{law, 0}
	return waits, totals
}

// startChain is the chain after the first retry.
func startChain(first, limit float64, n int) *chain {
	c := &chain{first: first, limit: limit, edges: []float64{first}}
	longest, sum := first, 0.0
	for range n {
		longest = min(3*longest, limit)
		sum += longest
	}
	for i := 1; ; i++ {
		edge := first * math.Pow(3, float64(i)/cellsPerTriple)
		if edge > longest*(1-1e-9) {
			c.edges = append(c.edges, longest)
			break
		}
		c.edges = append(c.edges, edge)
	}
	growth := math.Pow(sum/first, 1.0/sums)
	for i := range sums + 1 {
		c.times = append(c.times, first*math.Pow(growth, float64(i)))
	}
	c.times[sums] = sum
	top := min(3*first, limit)
	for i := range c.cells() {
		low, high := c.edges[i], min(c.edges[i+1], top)
		row := make([]float64, len(c.times))
		for j, t := range c.times {
			row[j] = max(min(t, high)-low, 0) / (top - first)
		}
		c.below = append(c.below, row)
	}
	c.filled = min(cellsPerTriple, c.cells())
	return c
}

func (c *chain) cells() int { return len(c.edges) - 1 }

// density returns the mean, over a cell of the latest wait, of the density that the next wait has wherever it may fall:
// 1/(min(3w, limit)-first).
func (c *chain) density(i int) float64 {
	low, high := c.edges[i], c.edges[i+1]
	turn := min(max(c.limit/3, low), high) // from here on the limit decides
	mean := 0.0
	if turn > low {
		mean += math.Log((3*turn-c.first)/(3*low-c.first)) / 3
	}
	if high > turn {
		mean += (high - turn) / (c.limit - c.first)
	}
	return mean / (high - low)
}

// step follows one more retry. From cell i the next wait falls evenly on all cells up to i+cellsPerTriple, and what
// then remains on that one, of which it may reach only a part.
func (c *chain) step() {
	n := c.cells()
	densities, rest := make([]float64, n), make([]float64, n)
	for i := range n {
		densities[i] = c.density(i)
		whole := min(c.edges[min(i+cellsPerTriple, n)], c.limit)
		rest[i] = max(1-densities[i]*(whole-c.first), 0)
	}
	next := slices.Repeat([][]float64{make([]float64, len(c.times))}, n) // one for all that stay empty
	flow := make([]float64, len(c.times))                                // into a second of the cell at hand, from all cells that cover it
	arriving := make([]float64, len(c.times))
	from := c.filled
	c.filled = min(c.filled+cellsPerTriple, n)
	for j := c.filled - 1; j >= 0; j-- {
		for ; from > max(j-cellsPerTriple, -1)+1; from-- {
			for s, mass := range c.below[from-1] {
				flow[s] += densities[from-1] * mass
			}
		}
		copy(arriving, flow)
		width := c.edges[j+1] - c.edges[j]
		for s := range arriving {
			arriving[s] *= width
			if i := j - cellsPerTriple; i >= 0 {
				arriving[s] += rest[i] * c.below[i][s]
			}
		}
		next[j] = c.later(arriving, c.edges[j], c.edges[j+1])
	}
	c.below = next
}

// later moves a distribution of sums by a wait that is uniform on a cell, taken at its two Gauss points.
func (c *chain) later(shares []float64, low, high float64) []float64 {
	moved := make([]float64, len(shares))
	t := table{c.times, shares}
	for _, u := range [2]float64{0.21132486540518712, 0.7886751345948129} {
		wait, at := low+u*(high-low), 0
		for s, time := range c.times {
			x := time - wait
			for at < len(c.times)-1 && c.times[at+1] <= x {
				at++
			}
			moved[s] += t.near(at, x) / 2
		}
	}
	return moved
}

// near is Below for a time whose cell is known.
func (t table) near(at int, x float64) float64 {
	switch {
	case x < t.times[0]:
		return 0
	case at == len(t.times)-1:
		return t.shares[at]
	}
	part := (x - t.times[at]) / (t.times[at+1] - t.times[at])
	return t.shares[at] + part*(t.shares[at+1]-t.shares[at])
}

// total is the distribution of the sum.
func (c *chain) total() Distribution {
	shares := make([]float64, len(c.times))
	for _, row := range c.below {
		for s, share := range row {
			shares[s] += share
		}
	}
	return table{c.times, shares}.scaled(1)
}

// wait is the distribution of the latest wait.
func (c *chain) wait() Distribution {
	shares := make([]float64, len(c.edges))
	for i, row := range c.below {
		shares[i+1] = shares[i] + row[len(row)-1]
	}
	return table{c.edges, shares}.scaled(1)
}
