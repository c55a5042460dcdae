// Package bridge connects package retry, which users call, with package retryloop, which generated code calls. It
// carries what retryloop needs of retry and users must not see: the options of retry.With and retry.Override, what
// policies say, the observers, the tokens of a budget, and the run that retry.WithRun names.
//
// Package retryloop imports retry, and retry imports bridge. So the types that retry documents cannot be declared here;
// they are type parameters instead: E is retry.Event, B is retry.Budget, P is retry.Policy, S is retry.Store.
package bridge

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/internal/policytext"
)

// Hooks are functions of package retry.
type Hooks[E, B, P any] struct {
	// Settings returns the options that are in force for a task, nil if there are none.
	Settings func(ctx context.Context, task string) *Settings[E]

	// Report passes an event to the observers of the settings, which may be nil, then to the observers of the process.
	Report func(ctx context.Context, settings *Settings[E], event E)

	// Observed reports whether Report has anyone to pass events to.
	Observed func(settings *Settings[E]) bool

	// Take takes a token for a retry, and reports whether there was one.
	Take func(budget *B) bool

	// Deposit counts one call.
	Deposit func(budget *B)

	// Values returns what a policy says.
	Values func(policy P) policytext.Values

	// Early returns the options among policytext.Early that a policy says. It is fast.
	Early func(policy P) policytext.Options

	// Policy returns what retry.OverridePolicies says of a task, nil if it says nothing.
	Policy func(task string) *policytext.Values
}

// installed holds a *Hooks.
var installed any

// Install is called by package retry when it is initialized.
func Install[E, B, P any](hooks *Hooks[E, B, P]) { installed = hooks }

// Installed returns the hooks that package retry has installed. Packages that import retry may call it when they are
// initialized.
func Installed[E, B, P any]() *Hooks[E, B, P] { return installed.(*Hooks[E, B, P]) }

// Overridden reports whether retry.OverridePolicies has installed policies. Generated code looks at it when a call begins.
var Overridden atomic.Bool

// Settings are the options of retry.With, retry.Override and retry.OverridePolicies that are in force for one call.
type Settings[E any] struct {
	Retries       int
	HasRetries    bool // Retries replaces the directive's number
	NoDelay       bool
	NoJitter      bool
	Random        rand.Source // nil for the runtime's own
	Observers     []func(context.Context, E)
	Checkpoints   Checkpoints
	Policy        *policytext.Values // what retry.OverridePolicies says of the task; nil for nothing
	FreshAttempts bool               // a flow forgets how many attempts earlier calls have begun
}

// Checkpoints says what happens to checkpoints.
type Checkpoints uint8

// The choices.
const (
	KeepCheckpoints    Checkpoints = iota // look up and record
	SkipCheckpoints                       // neither look up nor record
	RefreshCheckpoints                    // record alone
)

// RunKey is the key under which a context holds the *Run that retry.WithRun names.
type RunKey struct{}

// Run names a flow run and the store that keeps its records. The address of a Run tells one call of retry.WithRun from
// another.
type Run[S any] struct {
	Store S
	Name  string
}

// EngineKey is the key under which a context holds the *Engine that remote.With names.
type EngineKey struct{}

// Engine is the engine that has the calls below a context made, with the run that they belong to. R is remote.Engine. A nil
// *Engine in a context means that calls are made in place.
type Engine[R any] struct {
	Engine R
	Run    string

	lock   sync.Mutex
	counts map[[32]byte]int
}

// Count counts one more call with a key, and returns how many there have been.
func (e *Engine[R]) Count(key [32]byte) int {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.counts == nil {
		e.counts = map[[32]byte]int{}
	}
	e.counts[key]++
	return e.counts[key]
}

// Engines reports whether remote.With has ever been called with an engine. Until then nothing looks into contexts.
var Engines atomic.Bool
