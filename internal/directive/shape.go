package directive

import (
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/values"
)

// FullName returns the name of the task with the import path of its package, as errors and events have it:
// "example.com/shop/pricing.FetchPrice", "example.com/shop/pricing.Client.Get".
func (fn *Func) FullName() string {
	return values.PathOf(fn.pkg) + strings.TrimPrefix(fn.Task, fn.pkg.Name())
}

// CallShape spells a function with its path and the types that identify its calls.
func (fn *Func) CallShape() string {
	var b strings.Builder
	fn.spellCall(&b)
	return b.String()
}

// Shape spells a function with its path, the types that identify its calls, and its results. A change to one of these
// types changes it, so that a record from before the change is never read after it. Results are spelled out for durable
// checkpoints only, since no others outlive the program.
func (fn *Func) Shape() string {
	var b strings.Builder
	fn.spellCall(&b)
	results := values.NewShaper(fn.pkg, true)
	for i := range fn.Sig.Results().Len() - 1 {
		b.WriteString([]string{" ", ", "}[min(i, 1)])
		t := fn.Sig.Results().At(i).Type()
		if fn.Checkpoint != nil && fn.Checkpoint.Durable {
			b.WriteString(results.Shape(t))
		} else {
			b.WriteString(types.TypeString(t, values.PathOf))
		}
	}
	return b.String()
}

func (fn *Func) spellCall(b *strings.Builder) {
	b.WriteString(fn.FullName() + "(")
	arguments := values.NewShaper(fn.pkg, false)
	for n, i := range fn.Arguments() {
		if n > 0 {
			b.WriteString(", ")
		}
		t := fn.Sig.Params().At(i).Type()
		if values.Told(t, fn.pkg) {
			b.WriteString(arguments.Shape(t))
		} else {
			b.WriteString(types.TypeString(t, values.PathOf)) // a flow may have arguments that do not identify calls
		}
	}
	b.WriteString(")")
}
