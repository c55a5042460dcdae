package policy

import "slices"

// Policy is a set of options. The zero value has none.
type Policy struct {
	Retries    Setting[RetryCount]
	Delay      Setting[Delay]
	Jitter     Setting[Jitter]
	Cap        Setting[Length] // more than 0 where it is known, as are the next two
	Timeout    Setting[Length]
	Within     Setting[Length]
	If         Setting[Callee]
	On         Setting[[]ErrorName]
	Except     Setting[[]ErrorName]
	Budget     Setting[Name]
	Guard      Setting[Name]
	Notify     Setting[Callee]
	Discard    Setting[Callee]
	Checkpoint Setting[string] // "" or "durable"
	Policy     Setting[Name]
	As         Setting[string]
	Reset      Setting[Length] // as Cap
	Error      Setting[string] // "last"
	Observe    Setting[string] // ""
	Remote     Setting[string] // ""
}

// Option describes one option of the language.
type Option struct {
	Name    string
	Kind    Kind   // of its values
	Values  string // how its values are written
	Meaning string
	Default string // what holds if nothing says more
	Needs   Needs  // without these it has no effect
	Idle    string // why it has no effect without a delay
	Where   Where  // where it may be written

	// Inherited reports whether functions take it from policies and defaults. Only then has "none" a meaning.
	Inherited bool

	// Variable is the last part of the environment variable's name that is read if nothing else says anything; "" for
	// options that the environment does not set.
	Variable string

	// Also is the option that this one is another spelling of, "" for most.
	Also string

	codec
}

// Needs are what an option needs to have an effect.
type Needs uint8

// The needs.
const (
	NeedsRetries Needs = 1 << iota // at least one retry
	NeedsDelay                     // a delay
	NeedsContext                   // a function that a context reaches
	NeedsError                     // a function with an error result
	NeedsResults                   // a function with a result other than its error
)

// Has reports whether all needs of other are among n.
func (n Needs) Has(other Needs) bool { return n&other == other }

// Where is a set of places that an option may be written in.
type Where uint8

// The places.
const (
	OnFunction        Where = 1 << iota // above a function or method
	OnInterface                         // above an interface type
	OnInterfaceMethod                   // above a method in an interface type
	InConstant                          // in a policy constant
	InDefault                           // in the package's defaults

	Anywhere = OnFunction | OnInterface | OnInterfaceMethod | InConstant | InDefault
)

// Has reports whether all places of other are among w.
func (w Where) Has(other Where) bool { return w&other == other }

// Word returns the option as messages name it: with an equals sign, unless it is a flag.
func (o Option) Word() string {
	if o.Kind == Flag {
		return o.Name
	}
	return o.Name + "="
}

// Options returns the language: its options, in the order in which policies are printed.
func Options() []Option { return slices.Clone(options) }

var options = []Option{
	define("retries", func(p *Policy) *Setting[RetryCount] { return &p.Retries }, retries, Option{
		Meaning: "retries after the first attempt", Default: "0", Variable: "RETRIES", Inherited: true, Where: Anywhere,
	}),
	define("attempts", func(p *Policy) *Setting[RetryCount] { return &p.Retries }, attempts, Option{
		Meaning: "the same, counted as attempts: the first is included", Default: "1", Inherited: true, Where: Anywhere, Also: "retries",
	}),
	define("delay", func(p *Policy) *Setting[Delay] { return &p.Delay }, schedule, Option{
		Meaning: "the waits between attempts; bare numbers are seconds", Default: "none", Variable: "DELAY", Inherited: true,
		Needs: NeedsRetries, Where: Anywhere,
	}),
	define("jitter", func(p *Policy) *Setting[Jitter] { return &p.Jitter }, spread, Option{
		Meaning: "spreads the waits", Default: "none", Inherited: true, Where: Anywhere,
		Needs: NeedsRetries | NeedsDelay, Idle: "there is no wait to spread",
	}),
	define("cap", func(p *Policy) *Setting[Length] { return &p.Cap }, duration, Option{
		Meaning: "no wait is longer", Default: "none", Inherited: true, Where: Anywhere,
		Needs: NeedsRetries | NeedsDelay, Idle: "there is no wait to cut",
	}),
	define("timeout", func(p *Policy) *Setting[Length] { return &p.Timeout }, duration, Option{
		Meaning: "the time that one attempt gets", Default: "none", Inherited: true, Needs: NeedsContext, Where: Anywhere,
	}),
	define("within", func(p *Policy) *Setting[Length] { return &p.Within }, duration, Option{
		Meaning: "no retry begins later than this after the call began", Default: "none", Inherited: true,
		Needs: NeedsRetries, Where: Anywhere,
	}),
	define("if", func(p *Policy) *Setting[Callee] { return &p.If }, function, Option{
		Meaning: "decides whether to retry", Default: "every error is retried", Inherited: true, Where: Anywhere,
	}),
	define("on", func(p *Policy) *Setting[[]ErrorName] { return &p.On }, errorNames, Option{
		Meaning: "retry only these errors", Default: "every error", Inherited: true, Needs: NeedsError, Where: Anywhere,
	}),
	define("except", func(p *Policy) *Setting[[]ErrorName] { return &p.Except }, errorNames, Option{
		Meaning: "never retry these errors", Default: "none", Inherited: true, Needs: NeedsError, Where: Anywhere,
	}),
	define("budget", func(p *Policy) *Setting[Name] { return &p.Budget }, variable, Option{
		Meaning: "a *retry.Budget that callers share", Default: "none", Inherited: true, Where: Anywhere,
	}),
	define("guard", func(p *Policy) *Setting[Name] { return &p.Guard }, variable, Option{
		Meaning: "a circuit breaker or rate limiter that is asked before each attempt", Default: "none", Inherited: true,
		Needs: NeedsError, Where: Anywhere,
	}),
	define("notify", func(p *Policy) *Setting[Callee] { return &p.Notify }, function, Option{
		Meaning: "called when a retry has been decided, before its wait", Default: "none", Inherited: true, Where: Anywhere,
	}),
	define("discard", func(p *Policy) *Setting[Callee] { return &p.Discard }, function, Option{
		Meaning: "releases the results of an attempt that will be retried", Default: "none", Inherited: true,
		Needs: NeedsResults, Where: Anywhere,
	}),
	define("checkpoint", func(p *Policy) *Setting[string] { return &p.Checkpoint }, flagOrDurable, Option{
		Meaning: "a retried flow does not run the task again", Default: "none", Inherited: true, Needs: NeedsError, Where: Anywhere,
	}),
	define("policy", func(p *Policy) *Setting[Name] { return &p.Policy }, stringConst, Option{
		Meaning: "uses the options in it; options beside it win", Default: "none", Where: Anywhere,
	}),
	define("as", func(p *Policy) *Setting[string] { return &p.As }, identifier, Option{
		Meaning: "the name of the generated function", Default: "the function's name and WithRetry", Where: OnFunction | OnInterface,
	}),
	define("reset", func(p *Policy) *Setting[Length] { return &p.Reset }, duration, Option{
		Meaning: "an attempt that ran at least this long before it failed starts retries and delays again", Default: "none",
		Inherited: true, Needs: NeedsRetries, Where: Anywhere,
	}),
	define("error", func(p *Policy) *Setting[string] { return &p.Error }, oneWord("last"), Option{
		Meaning: "a call that is cut short returns the last attempt's own error", Default: "a *retry.Error", Inherited: true,
		Needs: NeedsRetries | NeedsError, Where: Anywhere,
	}),
	define("observe", func(p *Policy) *Setting[string] { return &p.Observe }, flag("observe"), Option{
		Meaning: "observers are told of the end of every call", Default: "none", Inherited: true, Where: Anywhere,
	}),
	define("remote", func(p *Policy) *Setting[string] { return &p.Remote }, flag("remote"), Option{
		Meaning: "an engine in the context has the call made in another process", Default: "none", Inherited: true,
		Needs: NeedsError, Where: Anywhere,
	}),
}

// optionNames lists the names of the options.
func optionNames() []string {
	var names []string
	for i := range options {
		names = append(names, options[i].Name)
	}
	return names
}

// find returns the option of a name, nil if there is none.
func find(name string) *Option {
	at := slices.IndexFunc(options, func(o Option) bool { return o.Name == name })
	if at < 0 {
		return nil
	}
	return &options[at]
}
