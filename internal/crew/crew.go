// Package crew runs functions at the same time, at most two for each processor:
//
//	reading := crew.New()
//	for i, name := range names {
//		reading.Do(func() { texts[i], errs[i] = os.ReadFile(name) })
//	}
//	reading.Wait()
package crew

import (
	"runtime"
	"sync"
)

// Crew is a group of goroutines.
type Crew struct {
	group sync.WaitGroup
	limit chan struct{}
}

// New returns a crew without work.
func New() *Crew { return &Crew{limit: make(chan struct{}, 2*runtime.GOMAXPROCS(0))} }

// Do starts a piece of work, once there is room for it.
func (c *Crew) Do(f func()) {
	c.limit <- struct{}{}
	c.group.Go(func() {
		defer func() { <-c.limit }()
		f()
	})
}

// Wait waits until all work is done.
func (c *Crew) Wait() { c.group.Wait() }
