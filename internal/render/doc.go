package render

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// functionDoc says what a wrapper does, in words.
func (w *wrapper) functionDoc() string {
	link := w.fn.Name
	if w.fn.Receiver != nil {
		link = w.fn.Receiver.Type + "." + link
	}
	return w.fn.Wrapper + " calls [" + link + "] and, while it fails, calls it again: " + w.policyDoc()
}

// methodDoc says what a decorator's method does.
func (w *wrapper) methodDoc() string {
	return w.fn.Name + " calls the method it stands for and, while that fails, calls it again: " + w.policyDoc()
}

func decoratorDoc(d *directive.Decorator) string {
	var names []string
	for _, m := range d.Methods {
		names = append(names, m.Name)
	}
	doc := d.Wrapper + " is a [" + d.Name + "] that calls another and retries " + list(names, "and") + "."
	if !d.Explicit {
		doc += " Any other method passes its call on."
	}
	return doc
}

// policyDoc says how often and when a policy retries, how long that takes at worst, and what stops it.
func (w *wrapper) policyDoc() string {
	p := w.fn.Policy
	sentences := []string{w.attemptsDoc() + w.waitsDoc() + "."}
	if p.Timeout.IsSet() {
		sentences = append(sentences, "An attempt takes at most "+policy.Spell(p.Timeout.Value)+".")
	}
	if p.Within.IsSet() {
		sentences = append(sentences, "No retry begins later than "+policy.Spell(p.Within.Value)+" after the call.")
	}
	if names := matchNames(p.Except); names != "" {
		sentences = append(sentences, "It does not retry "+names+".")
	}
	if names := matchNames(p.On); names != "" {
		sentences = append(sentences, "It retries "+names+" alone.")
	}
	if w.fn.If != nil {
		what := "which errors are worth it"
		if w.fn.If.Results {
			what = "which results are worth it, those of a success included,"
		}
		if w.fn.If.Waits {
			what += " and may ask for a wait of its own"
		}
		sentences = append(sentences, written(string(p.If.Value))+" decides "+strings.TrimSuffix(what, ",")+".")
	}
	if w.fn.Budget != nil {
		sentences = append(sentences, "Each retry takes a token from "+written(string(p.Budget.Value))+".")
	}
	if w.fn.Flow {
		sentences = append(sentences, "It opens a flow run, or joins the one that its context belongs to: a later attempt does not call tasks again that are marked checkpoint and have succeeded.")
	}
	return strings.Join(sentences, " ")
}

// rememberedDoc says what becomes of results in a flow run, and who else holds them.
func (w *wrapper) rememberedDoc() string {
	doc := " Within a flow run its results are remembered: a later attempt of the flow that asks for the same is given them, with no call."
	if w.fn.Checkpoint.Durable {
		doc += " A run with a store keeps them beyond the process."
	}
	copied, shared := w.resultNames(w.copiedResults()), w.resultNames(w.sharedResults())
	switch {
	case len(shared) > 0:
		doc += " All attempts are given the same " + list(shared, "and") + ", and share what that holds."
	case len(copied) > 0:
		doc += " Each attempt is given a copy of its own."
	}
	return doc
}

// resultNames names results: as the source does, or by their types.
func (w *wrapper) resultNames(which []int) []string {
	var names []string
	for _, i := range which {
		v := w.fn.Sig.Results().At(i)
		name := v.Name()
		if !token.IsIdentifier(name) || name == "_" {
			name = types.TypeString(v.Type(), func(pkg *types.Package) string {
				if pkg == w.Types {
					return ""
				}
				return pkg.Name()
			})
		}
		names = append(names, name)
	}
	return names
}

func (w *wrapper) attemptsDoc() string {
	switch retries := w.fn.Policy.Retries; {
	case retries.State == policy.Absent:
		return "as many retries as " + w.variable("RETRIES") + " says, none where it is not set"
	case retries.Value < 0:
		return "until it succeeds"
	case retries.Value == 0:
		return "1 attempt, which the caller's options may change"
	default:
		return fmt.Sprintf("at most %d attempts", retries.Value+1)
	}
}

func (w *wrapper) variable(what string) string {
	if w.fn.Flow {
		return "RETRY_FLOW_DEFAULT_" + what
	}
	return "RETRY_TASK_DEFAULT_" + what
}

// waitsDoc says what lies between the attempts.
func (w *wrapper) waitsDoc() string {
	p := w.fn.Policy
	if p.Retries.IsSet() && p.Retries.Value == 0 {
		return ""
	}
	delay := p.Delay
	switch {
	case delay.State == policy.None || delay.IsSet() && delay.Value.Kind != policy.Func && delay.Value.IsZero():
		return ", with no wait between them"
	case !delay.IsSet():
		return ", with the waits that " + w.variable("DELAY") + " gives" + w.jitterDoc()
	case delay.Value.Kind == policy.Func:
		return ", with the waits that " + written(string(delay.Value.Func)) + " gives" + w.jitterDoc()
	}
	return ", with waits of " + w.about() + w.waits() + " between them" + w.jitterDoc()
}

// about hedges waits that are drawn.
func (w *wrapper) about() string {
	if w.fn.Policy.Jitter.IsSet() {
		return "about "
	}
	return ""
}

// waits lists the first waits: all of a short schedule, three of a long one.
func (w *wrapper) waits() string {
	delay, retries := w.fn.Policy.Delay.Value, w.fn.Policy.Retries
	if delay.Kind == policy.Fixed {
		return policy.Spell(w.capped(delay.At(1)))
	}
	n := retries.Value
	if !retries.IsSet() || n < 0 {
		n = 1 << 30
	}
	const most = 6
	var waits []string
	for k := 1; k <= min(n, most); k++ {
		waits = append(waits, policy.Spell(w.capped(delay.At(k))))
	}
	if n <= most {
		return list(waits, "and")
	}
	return strings.Join(waits[:3], ", ") + " and so on"
}

func (w *wrapper) capped(d time.Duration) time.Duration {
	if limit := w.fn.Policy.Cap; limit.IsSet() {
		return min(d, limit.Value)
	}
	return d
}

// jitterDoc names the jitter and the worst case.
func (w *wrapper) jitterDoc() string {
	var parts []string
	p := w.fn.Policy
	if p.Jitter.IsSet() {
		parts = append(parts, "jitter "+jitterName(p.Jitter.Value))
	}
	if p.Cap.IsSet() {
		parts = append(parts, "none longer than "+policy.Spell(p.Cap.Value))
	}
	if _, worst, ok := p.Totals(); ok && !policy.Saturated(worst) {
		parts = append(parts, policy.Spell(worst)+" in all at worst")
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func jitterName(j policy.Jitter) string {
	switch j.Kind {
	case policy.Poisson:
		return fmt.Sprint(j.Factor)
	case policy.Percent:
		return fmt.Sprintf("±%v%%", j.Factor)
	case policy.Full:
		return "full"
	case policy.Equal:
		return "equal"
	}
	return "decorrelated"
}

func matchNames(setting policy.Setting[[]policy.ErrorName]) string {
	var names []string
	for _, entry := range setting.Value {
		name := written(string(entry.Name))
		if entry.Pointer {
			name = "*" + name
		}
		names = append(names, name)
	}
	return list(names, "or")
}

// written shortens a name from a policy to what a reader knows it by.
func written(name string) string {
	name = strings.TrimPrefix(name, ".")
	if at := strings.LastIndexByte(name, '/'); at >= 0 {
		name = name[at+1:]
	}
	return name
}

// list joins words as prose does.
func list(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// comment writes a doc comment, wrapped.
func comment(text string) *jen.Statement {
	const width = 116
	s := jen.Null()
	line := "//"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width {
			s.Comment(line).Line()
			line = "//"
		}
		line += " " + word
	}
	return s.Comment(line).Line()
}
