// Package analyzer checks retries: the directives of retrygen, the functions that bear them, the calls of what is
// generated, loops that retry by hand, and the use of retry libraries.
//
// Five analyzers share one model of a package, which finds directives exactly as the generator does and carries the
// attempts of wrappers across packages:
//
//	retrydirective  RL001, RL101 to RL110: the directives themselves
//	retryfunc       RL201 to RL209: what they stand above, and the generated files
//	retrycall       RL301 to RL307: calls of wrappers, retries inside retries, flows that remember
//	retryloop       RL401 to RL409: loops written by hand
//	retrylib        RL501 to RL506: cenkalti/backoff, avast/retry-go, sethvargo/go-retry, clients that retry themselves
//
// A tool of one's own takes them from [Analyzers]:
//
//	func main() { unitchecker.Main(analyzer.Analyzers()...) }
//
// Each check has an identifier such as RL301, with which its messages begin, and a bool flag of that name: those that
// are on by default are switched off with -retrycall.RL301=false, those that are not are switched on with
// -retrycall.RL305. A finding is silenced on its line, or from the line above, by
//
//	//retry:ignore RL301 the reason why this is right
//
// [Checks] documents them all, as the command retrylint prints it. Generated files are not reported on, except that
// RL207 compares those of retrygen.
package analyzer

import (
	"flag"
	"fmt"
	"reflect"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
)

// The analyzers. They are safe for concurrent use once their flags have been set.
var (
	Func      = newAnalyzer("retryfunc", "check functions with a retry directive, and their generated files", checkFuncs)
	Call      = newAnalyzer("retrycall", "check calls of generated retry wrappers, and retries inside retries", checkCalls)
	Loop      = newAnalyzer("retryloop", "check retry loops that are written by hand", checkLoops)
	Lib       = newAnalyzer("retrylib", "check the use of retry libraries", checkLibs)
	Directive = newAnalyzer("retrydirective", "check retry directives", checkDirectives, Func, Call, Loop, Lib)
)

// Analyzers lists the analyzers.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{Directive, Func, Call, Loop, Lib}
}

// limits are the numbers that flags set.
var limits = struct {
	wait    time.Duration // RL106
	retries int           // RL109
}{time.Hour, 5}

func init() {
	Directive.Flags.DurationVar(&limits.wait, "max-wait", limits.wait, "the longest wait that RL106 accepts")
	Directive.Flags.IntVar(&limits.retries, "max-retries", limits.retries, "the most retries that RL109 accepts")
}

// switches are the flags of all checks.
var switches = map[string]*bool{}

// newAnalyzer makes an analyzer with a flag for each of its checks.
func newAnalyzer(name, title string, run func(*reporter), before ...*analysis.Analyzer) *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: name, Doc: title, URL: page,
		Requires:   append([]*analysis.Analyzer{inspect.Analyzer, modeler}, before...),
		ResultType: reflect.TypeFor[done](), Flags: *flag.NewFlagSet(name, flag.ExitOnError),
	}
	for _, check := range Checks() {
		if check.Analyzer == name {
			switches[check.ID] = a.Flags.Bool(check.ID, !check.Optional, check.Title)
			a.Doc += fmt.Sprintf("\n%s: %s", check.ID, check.Title)
		}
	}
	a.Run = func(pass *analysis.Pass) (any, error) {
		r := &reporter{Pass: pass, model: pass.ResultOf[modeler].(*model), reported: map[place]bool{}}
		run(r)
		return done{}, r.err
	}
	return a
}

// done is the result of an analyzer: that it has run.
type done struct{}
