// Package analyzer finds mistakes in retries: in the directives of retrygen, in the functions that they stand above, in
// calls of what is generated, in loops that retry by hand, and in the use of retry libraries.
//
// There are five analyzers, which know directives exactly as the generator does, and follow retries from package to
// package:
//
//	retrydirective  RL0xx and RL1xx: the directives themselves
//	retryfunc       RL2xx: the functions below them, and the generated files
//	retrycall       RL3xx: calls of wrappers, retries inside retries, flows
//	retryloop       RL4xx: loops written by hand
//	retrylib        RL5xx: cenkalti/backoff, avast/retry-go, sethvargo/go-retry, clients that retry by themselves
//
// A vet tool with these analyzers is one line:
//
//	func main() { unitchecker.Main(analyzer.Analyzers()...) }
//
// Each check has an identifier such as RL301, with which its messages begin, and a bool flag of that name:
// -retrycall.RL301=false switches it off, -retrycall.RL305 switches on one that is off by default. A comment silences a
// finding on its line or on the line below:
//
//	//retry:ignore RL301 the reason why this is right
//
// [Checks] documents all checks. Generated files are not reported on, except that RL207 compares the files that retrygen
// generates with the directives.
package analyzer

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/calls"
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/analyzer/internal/directives"
	"github.com/retrygen/retrygen/analyzer/internal/flows"
	"github.com/retrygen/retrygen/analyzer/internal/funcs"
	"github.com/retrygen/retrygen/analyzer/internal/libs"
	"github.com/retrygen/retrygen/analyzer/internal/loops"
)

var suite = sync.OnceValue(func() *check.Suite {
	return check.NewSuite([]check.Group{
		{Name: "retrydirective", Title: "check retry directives"},
		{Name: "retryfunc", Title: "check functions with a retry directive, and their generated files"},
		{Name: "retrycall", Title: "check calls of generated retry wrappers, and retries inside retries"},
		{Name: "retryloop", Title: "check retry loops that are written by hand"},
		{Name: "retrylib", Title: "check the use of retry libraries"},
	}, directives.Checks, funcs.Checks, calls.Checks, flows.Checks, loops.Checks, libs.Checks)
})

// Analyzers returns new analyzers, whose flags are their own. They are safe for concurrent use once their flags are set.
func Analyzers() []*analysis.Analyzer { return suite().Analyzers() }

// Check documents one check.
type Check struct {
	ID       string // "RL301"
	Title    string // what it finds, in a few words
	Analyzer string // the name of its analyzer
	Optional bool   // it is off by default
	Since    string // the first version that had it
	Fix      string // what -fix does about it, "" for nothing
	Level    string // how bad it is: "error" (code does not do what it says), "warning" or "note"
	Why      string // paragraphs
	Bad      string // a Go file in which it finds something
	Good     string // the same file, corrected
	Judged   int    // findings in public code that somebody has read
	Right    int    // of those, the ones that were right
}

// URL returns the address of the check's documentation.
func (c Check) URL() string { return check.Documentation + "#" + strings.ToLower(c.ID) }

// Checks returns all checks, in the order of their identifiers.
func Checks() []Check {
	var checks []Check
	for _, page := range suite().Pages() {
		checks = append(checks, Check(page))
	}
	return checks
}

// LookUp returns the check with an identifier, in letters of either case, and reports whether there is one.
func LookUp(id string) (Check, bool) {
	pages := suite().Pages()
	at, ok := slices.BinarySearchFunc(pages, strings.ToUpper(id), func(page check.Page, id string) int { return cmp.Compare(page.ID, id) })
	if !ok {
		return Check{}, false
	}
	return Check(pages[at]), true
}
