package retries

import (
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Chains is a fact about a function: the chains that begin there, the worst first.
type Chains struct{ chain.Set }

// AFact marks Chains as a fact.
func (*Chains) AFact() {}

// String describes the chains, for debugging.
func (c *Chains) String() string {
	var list []string
	for _, links := range c.Chains {
		list = append(list, chain.Describe(links, ""))
	}
	return strings.Join(list, "; ")
}

// Wrapped is a fact about a generated wrapper.
type Wrapped struct {
	Task     string // "pkg.Func", "pkg.Type.Method"
	Attempts int    // chain.Unlimited, or at least 1; 1 where the environment or the running program decides
	Shortest time.Duration
	Error    bool // its last result is an error
	Block    bool // it is the method of a function type, and calls its receiver
	Hides    bool // an empty budget ends its retries, and error=last hides that from its caller

	Checkpoint bool // its results are recorded within a flow run, or by an engine
	Durable    bool // and beyond the process
}

// AFact marks Wrapped as a fact.
func (*Wrapped) AFact() {}

// Annotated is a fact about a function that has a wrapper, or about a method of an interface whose decorator records
// results.
type Annotated struct {
	Wrapper    string // "" for the method of an interface, which is called by its own name
	Same       bool   // the wrapper takes the same arguments
	Checkpoint bool   // the wrapper records results within a flow run
}

// AFact marks Annotated as a fact.
func (*Annotated) AFact() {}

func wrappedOf(fn *directive.Func) *Wrapped {
	p := fn.InForce()
	shortest, _, _ := p.Totals()
	attempts, _ := attemptsOf(p)
	durable, recorded := fn.Recorded()
	return &Wrapped{
		Task: fn.Task, Attempts: attempts, Shortest: shortest, Error: fn.Error, Block: fn.Type != nil,
		Hides:      fn.Policy.Error.IsSet() && fn.Budget != nil && fn.Policy.Retried(),
		Checkpoint: recorded, Durable: durable,
	}
}

func annotatedOf(fn *directive.Func) Annotated {
	_, recorded := fn.Recorded()
	return Annotated{Wrapper: fn.Wrapper, Same: fn.HasContext() && len(fn.Attempts) == 0, Checkpoint: recorded}
}
