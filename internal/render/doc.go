package render

import (
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// functionDoc says what a wrapper does.
func (fr *frame) functionDoc() code {
	if fr.fn.Type != nil {
		return join(fr.fn.Wrapper, " calls ", fr.receiver, fr.policyDoc())
	}
	return join(fr.fn.Wrapper, " calls ", fr.link(), fr.policyDoc())
}

// methodDoc says what a decorator's method does.
func (fr *frame) methodDoc() code {
	return join(fr.fn.Name, " calls ", fr.link(), fr.policyDoc())
}

// decoratorDoc says what a decorator does.
func decoratorDoc(d *directive.Decorator) code {
	var names []code
	for _, m := range d.Methods {
		names = append(names, join(m.Name))
	}
	doc := join(d.Wrapper, " is "+article(d.Name)+" ["+d.Name+"] that calls another one and retries ", prose(names, "and"), ".")
	if !d.Explicit {
		doc = join(doc, " Any other method passes its call on.")
	}
	return doc
}

// article is the indefinite article of a name.
func article(name string) string {
	if strings.ContainsAny(letter(name), "aeio") {
		return "an"
	}
	return "a"
}

// retriesDoc describes the helper that is the wrapper without its checkpoint.
func (fr *frame) retriesDoc() code {
	return join(fr.retries, " calls ", fr.link(), " with its retries.")
}

// remembersDoc describes the helper that looks up and records results.
func (fr *frame) remembersDoc() code {
	return join(fr.remembers, " returns the results that an earlier attempt of the flow recorded for a call of ", fr.link(),
		". If there are none, it makes the call and records its results.")
}

// rememberedDoc says what happens to the results in a flow run, and which of them are shared.
func (fr *frame) rememberedDoc() code {
	doc := join(" Within a flow run its results are recorded: a later attempt of the flow with equal arguments gets them without a call.")
	if fr.fn.Checkpoint.Durable {
		doc = join(doc, " A run with a store keeps them beyond the process.")
	}
	switch shared := fr.resultNames(fr.sharedResults()); {
	case len(shared) > 0:
		doc = join(doc, " All attempts share the same ", prose(shared, "and"), ".")
	case len(fr.copiedResults()) > 0:
		doc = join(doc, " Each attempt gets a copy of its own.")
	}
	return doc
}

// resultNames names results: as the signature does, or by their types.
func (fr *frame) resultNames(which []int) []code {
	var names []code
	for _, i := range which {
		v := fr.fn.Sig.Results().At(i)
		if token.IsIdentifier(v.Name()) && v.Name() != "_" {
			names = append(names, join(fr.locals[i]))
			continue
		}
		names = append(names, fr.typeOf(v.Type()))
	}
	return names
}

// policyDoc says how often and when a policy retries, how long that takes at worst, and what stops it.
func (fr *frame) policyDoc() code {
	p := fr.fn.Policy
	doc := join(fr.attemptsDoc(), ".")
	say := func(parts ...any) { doc = append(join(doc, " "), join(parts...)...) }
	if p.Timeout.IsSet() {
		say("Each attempt is given ", fr.lengthDoc("timeout", p.Timeout.Value), ".")
	}
	if p.Within.IsSet() {
		say("No retry begins later than ", fr.lengthDoc("within", p.Within.Value), " after the call.")
	}
	if p.Reset.IsSet() {
		say("An attempt that fails after ", fr.lengthDoc("reset", p.Reset.Value),
			" or later begins a new series, with the count and the waits from the start.")
	}
	if len(fr.fn.Except) > 0 {
		say("It does not retry ", prose(fr.matchLinks(fr.fn.Except), "or"), ".")
	}
	if len(fr.fn.On) > 0 {
		say("It retries only ", prose(fr.matchLinks(fr.fn.On), "and"), ".")
	}
	if fr.fn.If != nil {
		say(fr.refLink(&fr.fn.If.Ref), " decides ", conditionDoc(fr.fn.If), ".")
	}
	if fr.fn.Budget != nil {
		say("Each retry takes a token from ", fr.refLink(fr.fn.Budget), ".")
	}
	if guard := fr.fn.Guard; guard != nil && guard.Waits {
		say("Before each attempt it waits for ", fr.refLink(&guard.Ref), ", which may refuse the attempt.")
	} else if guard != nil {
		say("Before each attempt it asks ", fr.refLink(&guard.Ref), ", which may refuse the attempt.")
	}
	if fr.fn.Notify != nil {
		say(fr.refLink(&fr.fn.Notify.Ref), " is called before each retry.")
	}
	if fr.fn.Discard != nil {
		say(fr.refLink(&fr.fn.Discard.Ref), " is called ", discardDoc(fr.fn.Discard), " each attempt that is retried.")
	}
	if p.Error.IsSet() {
		say("If retries are cut short, the error is the last attempt's own.")
	}
	if p.Observe.IsSet() {
		say("Observers are told of the end of every call.")
	}
	if fr.fn.Value != nil && len(fr.replaceable()) > 0 {
		say(fr.policyValueDoc())
	}
	if fr.fn.Flow {
		say("It opens a flow run, or joins the run of its context: a later attempt does not call tasks again that are marked ",
			"checkpoint and have succeeded.")
	}
	return doc
}

// discardDoc says what a discard function is called with.
func discardDoc(discard *directive.Discard) string {
	if discard.Call != nil {
		return "after"
	}
	return "with the results of"
}

// conditionDoc says what a condition decides.
func conditionDoc(condition *directive.Condition) string {
	what := "which errors are worth it"
	if condition.Results {
		what = "which results are worth it, also those without an error"
	}
	if condition.Waits {
		what += ", and may ask for a wait"
	}
	return what
}

// link is a link to what is wrapped.
func (w *wrapper) link() string {
	if w.holder == nil || w.fn.Type != nil {
		return "[" + w.fn.Name + "]"
	}
	return "[" + w.holder.link + "." + w.fn.Name + "]"
}

// refLink writes a name of the policy in a comment. It is a link if it is a name of the package or of an imported one, or a
// field or method of the receiver.
func (fr *frame) refLink(ref *directive.Ref) code {
	switch {
	case ref.Root == directive.RootReceiver && len(ref.Path) == 1:
		return join("[" + fr.holder.link + "." + ref.Path[0].Name + "]")
	case ref.Root == directive.RootObject && len(ref.Path) == 0 && !ref.Called && ref.Object.Pkg() != nil:
		return join("[", fr.ref(ref), "]")
	}
	return fr.ref(ref)
}

// matchLinks are what a comment calls the entries of on= or except=.
func (fr *frame) matchLinks(entries []directive.Match) []code {
	var links []code
	for _, m := range entries {
		if !m.IsType {
			links = append(links, fr.refLink(&m.Ref))
			continue
		}
		links = append(links, join("[", fr.typeOf(m.Type), "]"))
	}
	return links
}

// prose joins words as a sentence does.
func prose(words []code, last string) code {
	var c code
	for i, word := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			c = join(c, " "+last+" ")
		default:
			c = join(c, ", ")
		}
		c = join(c, word)
	}
	return c
}
