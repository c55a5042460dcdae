package behavior

import "context"

// Nest has in it whatever keys have to keep apart.
type Nest struct {
	A, B   string
	Raw    []byte
	Leaves []Leaf
	Maybe  *Leaf
	ByName map[string]Leaf
	Lists  map[Leaf][]string
	Number float64
	Pair   [2]int16
	hidden struct{ X, Y []string }
}

// Leaf is part of a nest.
type Leaf struct {
	Name string
	On   bool
	Size uint32
}

// Keep is told apart by all of a nest.
//
//retry:task retries=0 checkpoint=durable
func Keep(ctx context.Context, nest Nest, more ...*Nest) error { return nil }
