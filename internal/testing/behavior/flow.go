package behavior

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// World counts what tasks do, and numbers their calls, so that a call that is made again can be
// told from one that is remembered.
type World struct {
	lock    sync.Mutex
	last    int
	calls   map[string]int // by task and argument
	outages map[string]int // how many of the next calls fail
}

func (w *World) do(call string) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.calls == nil {
		w.calls = map[string]int{}
	}
	w.calls[call]++
	w.last++
	if w.outages[call] > 0 {
		w.outages[call]--
		return 0, fmt.Errorf("%s: %w", call, errOutage)
	}
	return w.last, nil
}

// count returns how often a call was made.
func (w *World) count(call string) int {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.calls[call]
}

// Run is a flow of whatever its body does.
//
//retry:flow retries=3 delay=10
func (w *World) Run(ctx context.Context, body func(context.Context) error) error { return body(ctx) }

// Part is a flow for use within another.
//
//retry:flow retries=1 delay=1
func (w *World) Part(ctx context.Context, name string, body func(context.Context) error) error {
	return body(ctx)
}

// Whole is a flow whose results are remembered within another.
//
//retry:flow retries=1 delay=1 checkpoint
func (w *World) Whole(ctx context.Context, name string) (int, error) {
	if _, err := w.NextWithRetry(ctx, "in "+name); err != nil {
		return 0, err
	}
	return w.do("Whole " + name)
}

// Next returns a number.
//
//retry:task retries=0 checkpoint
func (w *World) Next(ctx context.Context, name string) (int, error) { return w.do("Next " + name) }

// Both calls a task within a task, then does something of its own.
//
//retry:task retries=1 delay=1 checkpoint
func (w *World) Both(ctx context.Context, name string) (inner int, err error) {
	if inner, err = w.NextWithRetry(ctx, "shared"); err != nil {
		return 0, err
	}
	_, err = w.do("Both " + name)
	return inner, err
}

// Settle is retried until its state is right.
//
//retry:task retries=1 delay=1 if=unfinished checkpoint
func (w *World) Settle(ctx context.Context) (string, error) {
	n, err := w.do("Settle")
	if n < 4 {
		return "running", err
	}
	return "done", err
}

// Numbers returns what callers may change.
//
//retry:task retries=0 checkpoint
func (w *World) Numbers(ctx context.Context) ([]int, map[string][]int, error) {
	n, err := w.do("Numbers")
	return []int{n}, map[string][]int{"n": {n}}, err
}

// Handle stands for something that is more than its data.
type Handle struct {
	id   int
	name string
}

// Open returns a handle, which is the same for all who get it.
//
//retry:task retries=0 checkpoint
func (w *World) Open(ctx context.Context) (*Handle, error) {
	n, err := w.do("Open")
	return &Handle{n, "handle"}, err
}

// world is what functions and values without one of their own count in.
var world = &World{}

// Point is told apart by what it holds.
type Point struct{ X, Y float64 }

// Walk is a method of a value.
//
//retry:task retries=0 checkpoint
func (p Point) Walk(ctx context.Context) (int, error) { return world.do("Walk") }

// Box is generic.
type Box[T any] struct{ In []T }

// Put is a method of a generic type.
//
//retry:task retries=0 checkpoint
func (b *Box[T]) Put(ctx context.Context) (int, error) { return world.do("Put") }

// Pick is a generic function.
//
//retry:task retries=0 checkpoint
func Pick[K cmp.Ordered, V any](ctx context.Context, key K) (int, V, error) {
	var none V
	n, err := world.do("Pick")
	return n, none, err
}

// Named is told apart by a type alone, and returns a number as text.
//
//retry:task retries=0 checkpoint=durable
func Named[T any](ctx context.Context) (string, error) {
	n, err := world.do("Named")
	return fmt.Sprint(n), err
}

// Source is decorated.
//
//retry:task retries=0 checkpoint
type Source interface {
	Read(ctx context.Context, name string) (int, error)
}

// Disk is a source that counts.
type Disk struct{ *World }

// Read counts.
func (d Disk) Read(ctx context.Context, name string) (int, error) { return d.do("Read " + name) }

// Shop has a name that is the same in every process.
type Shop struct {
	*World
	name string
}

// RetryKey is the name.
func (s *Shop) RetryKey() string { return s.name }

// Goods survive a record as JSON.
type Goods struct {
	Number int
	Price  float64
	Name   string `json:"title"`
	Sizes  []int
	Raw    []byte
	Tags   map[string]*int
}

// Load can be kept beyond the process.
//
//retry:task retries=0 checkpoint=durable
func (s *Shop) Load(ctx context.Context, name string) (Goods, error) {
	n, err := s.do("Load " + name)
	goods := Goods{Number: n, Name: name}
	switch name {
	case "empty":
		goods.Sizes, goods.Raw, goods.Tags = []int{}, []byte{}, map[string]*int{}
	case "full":
		goods.Price, goods.Sizes, goods.Raw = math.Copysign(0, -1), []int{1}, []byte("\xff\x00")
		goods.Tags = map[string]*int{"nothing": nil, "<&>": &n}
	case "NaN":
		goods.Price = math.NaN()
	case "bytes":
		goods.Name = "\xff"
	}
	return goods, err
}

// Sold keeps that it succeeded beyond the process, and nothing else.
//
//retry:task retries=0 checkpoint=durable
func (s *Shop) Sold(ctx context.Context, name string) error {
	_, err := s.do("Sold " + name)
	return err
}

// Stall has no name in other processes.
type Stall struct {
	*World
	name string
}

// Serve calls a durable task.
//
//retry:task retries=0 checkpoint
func (s *Stall) Serve(ctx context.Context) (int, error) {
	goods, err := (&Shop{World: s.World}).LoadWithRetry(ctx, "same")
	if err != nil {
		return 0, err
	}
	_, err = s.do("Serve " + s.name)
	return goods.Number, err
}

// Slowly takes its time.
//
//retry:task retries=0 checkpoint=durable
func (s *Shop) Slowly(ctx context.Context, name string) (int, error) {
	time.Sleep(time.Second)
	return s.do("Slowly " + name)
}

var errMidway = errors.New("midway")
