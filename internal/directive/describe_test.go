package directive

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

func describeProblems(pkg *Package, problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s", pkg.Fset.Position(p.Pos), p.Message)
		if p.Written != "" {
			fmt.Fprintf(&b, " [%s → %s]", p.Written, p.Right)
		}
		if p.Unsure {
			b.WriteString(" [unsure]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func describeFound(pkg *Package, found *Found) string {
	var b strings.Builder
	for _, fn := range found.Funcs {
		describeFunc(&b, pkg, fn, "")
	}
	for _, d := range found.Decorators {
		fmt.Fprintf(&b, "%s → type %s\n", d.Name, d.Wrapper)
		for _, m := range d.Methods {
			describeFunc(&b, pkg, m, "\t")
		}
		for _, m := range d.Others {
			fmt.Fprintf(&b, "\t%s passes\n", m.Name())
		}
	}
	return b.String()
}

var sourceNames = []string{"directive", "interface", "constant", "default", "environment"}

// describeFunc writes what is known of a function: its name, its options with their origins, and what names mean.
func describeFunc(b *strings.Builder, pkg *Package, fn *Func, indent string) {
	verb := "task"
	if fn.Flow {
		verb = "flow"
	}
	fmt.Fprintf(b, "%s%s → %s (%s %s)\n", indent, fn.Name, fn.Wrapper, verb, fn.Task)
	for _, o := range policy.Options() {
		if o.Also != "" {
			continue
		}
		e := fn.Policy.Entry(o.Name)
		if e.State == policy.Absent && e.Origin.Source == policy.FromEnvironment {
			fmt.Fprintf(b, "%s\t%s from environment\n", indent, o.Name)
		}
		if e.State == policy.Absent {
			continue
		}
		word := strings.Fields(only(fn.Policy, o.Name))[0]
		at := pkg.Fset.Position(token.Pos(e.Pos))
		fmt.Fprintf(b, "%s\t%s from %s %d at %s\n", indent, word, sourceNames[e.Origin.Source], e.Origin.Layer, at)
	}
	for _, c := range fn.Constants {
		fmt.Fprintf(b, "%s\tuses %s\n", indent, c.Name())
	}
	for _, line := range append(meanings(fn), roles(fn)...) {
		fmt.Fprintf(b, "%s\t%s\n", indent, line)
	}
}

// roles says what the loop uses of a signature, apart from its first parameter and its error.
func roles(fn *Func) []string {
	var list []string
	if fn.Context > 0 {
		list = append(list, fmt.Sprintf("context is parameter %d", fn.Context))
	}
	if fn.Foreign {
		list = append(list, fmt.Sprintf("context is %s", types.TypeString(fn.Sig.Params().At(fn.Context).Type(), nil)))
	}
	for name, indices := range map[string][]int{
		"requests": fn.Requests, "seekers": fn.Seekers, "attempts": fn.Attempts,
		"responses": fn.Responses, "readers": fn.Readers, "closers": fn.Closers,
	} {
		if len(indices) > 0 {
			list = append(list, fmt.Sprintf("%s at %v", name, indices))
		}
	}
	if fn.Checkpoint != nil {
		list = append(list, fmt.Sprintf("remembers %s, durable %t", fn.Shape(), fn.Checkpoint.Durable))
	}
	if fn.Remote != nil {
		list = append(list, fmt.Sprintf("is described by %s, as %s", fn.Remote.Describe, fn.CallShape()))
	}
	slices.Sort(list)
	return list
}

// only prints one option of a policy.
func only(p policy.Policy, name string) string {
	for _, o := range policy.Options() {
		if o.Name != name && o.Also == "" {
			p = p.Without(&o)
		}
	}
	return p.String()
}

// meanings says what the names in a policy were resolved to.
func meanings(fn *Func) []string {
	var list []string
	add := func(option string, ref *Ref, more ...string) {
		text := "the receiver"
		if ref.Object != nil {
			text = types.ObjectString(ref.Object, func(p *types.Package) string { return p.Path() })
		}
		words := append([]string{option + ":", strings.Join(append([]string{text}, ref.names()...), "."), "of type", ref.Type.String()}, more...)
		list = append(list, strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), " "))
	}
	if c := fn.If; c != nil {
		first := []string{"", "(context first)", "(attempt first)"}[c.Leading]
		add("if", &c.Ref, arguments(c.Call), first, flagged(c.Results, "(results)"), flagged(c.Waits, "(waits)"))
	}
	for _, m := range fn.On {
		add("on", &m.Ref, flagged(m.IsType, "(type)"))
	}
	for _, m := range fn.Except {
		add("except", &m.Ref, flagged(m.IsType, "(type)"))
	}
	for _, o := range fn.Policy.Operands() {
		add(o.Entry.Name, fn.Number(o.Entry.Name, o.Name), flagged(fn.Number(o.Entry.Name, o.Name).Constant, "(constant)"))
	}
	if d := fn.Policy.Delay.Value; d.Kind == policy.Slice {
		add("delay", fn.Number("delay", d.Func.Name))
	}
	if fn.Budget != nil {
		add("budget", fn.Budget)
	}
	if g := fn.Guard; g != nil {
		add("guard", &g.Ref, flagged(g.Waits, "(waits)"))
	}
	if fn.Notify != nil {
		add("notify", &fn.Notify.Ref, arguments(fn.Notify.Call))
	}
	if d := fn.Discard; d != nil {
		add("discard", &d.Ref, arguments(d.Call), flagged(d.Context, "(context)"), flagged(d.Error, "(error)"))
	}
	if s := fn.Schedule; s != nil {
		add("delay", &s.Ref, arguments(s.Call), []string{"", "(error)", "(attempt)"}[s.Second])
	}
	return list
}

// arguments says what the arguments of a call were resolved to.
func arguments(c *Call) string {
	if c == nil {
		return ""
	}
	var list []string
	for _, arg := range c.Args {
		root := []string{"object", "receiver", "parameter", "result", "ctx", "attempt", "retry", "wait", "event"}[arg.Root]
		if arg.Object != nil {
			root += " " + arg.Object.Name()
		} else if arg.Root == RootResult {
			root += " " + strconv.Itoa(arg.Param)
		}
		list = append(list, strings.Join(append([]string{root}, arg.names()...), "."))
	}
	return "called with (" + strings.Join(list, ", ") + ")"
}

func flagged(on bool, text string) string {
	if on {
		return text
	}
	return ""
}
