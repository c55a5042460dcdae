package funcs

import (
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL203", check.EachTask(rl203))

// rl203 finds parameters that the first attempt uses up, so that the others get nothing.
func rl203(p *check.Pass, fn *directive.Func) {
	if !retries.Retried(fn) {
		return
	}
	for v := range fn.Sig.Params().Variables() {
		what := consumable(v.Type())
		if what == "" {
			continue
		}
		pos := v.Pos()
		if !pos.IsValid() || p.FileOf(pos) == nil {
			pos = fn.Pos
		}
		p.Report(check.Finding{Pos: pos, Message: "the first attempt of " + fn.Name + " uses up this " + what +
			", and the others get nothing; take something that can be read again, such as []byte or a function that opens it"})
	}
}

// consumable names a type whose values can be read once. It is "" for any other type.
func consumable(t types.Type) string {
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Chan:
		if u.Dir() != types.SendOnly {
			return "channel"
		}
		return ""
	case *types.Interface:
		if syntax.ReadsBytes(t) && !syntax.HasMethod(t, "Seek") {
			return types.TypeString(t, (*types.Package).Name)
		}
		return ""
	}
	for _, name := range []string{"*Reader", "*Scanner"} {
		if syntax.IsNamed(t, "bufio", name) {
			return "bufio." + name[1:]
		}
	}
	for _, name := range []string{"Seq", "Seq2"} {
		if syntax.IsNamed(t, "iter", name) {
			return "iter." + name
		}
	}
	return ""
}
