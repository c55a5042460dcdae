// Package tasks knows the names of all tasks in a package and in those that it imports, directly or indirectly.
//
// Tasks have full names such as "example.com/shop/pricing.FetchPrice". What a program calls a task matches one whose full name
// it is, or that ends with it behind a slash:
//
//	names.Matches("pricing.FetchPrice") // true
package tasks

import (
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries"
)

// Analyzer gathers the names of tasks.
var Analyzer = &analysis.Analyzer{
	Name: "retrytasks", Doc: "gather the names of tasks",
	Requires: []*analysis.Analyzer{retries.Analyzer}, Run: func(pass *analysis.Pass) (any, error) { return gather(pass), nil },
	ResultType: reflect.TypeFor[*Names](), FactTypes: []analysis.Fact{new(Declared)},
}

// Declared is a fact about a package: the full names of its tasks.
type Declared struct{ Tasks []string }

// AFact marks Declared as a fact.
func (*Declared) AFact() {}

// String lists the tasks, for debugging.
func (d *Declared) String() string { return strings.Join(d.Tasks, " ") }

// Names are the full names of tasks, by the import path of their package. Packages without tasks are left out.
type Names struct{ byPackage map[string][]string }

// Of returns the names for the package of a pass, whose analyzer requires [Analyzer].
func Of(pass *analysis.Pass) *Names { return pass.ResultOf[Analyzer].(*Names) }

func gather(pass *analysis.Pass) *Names {
	names := &Names{map[string][]string{}}
	for _, f := range pass.AllPackageFacts() {
		if declared, ok := f.Fact.(*Declared); ok {
			names.byPackage[f.Package.Path()] = declared.Tasks
		}
	}
	var own []string
	for _, fn := range pass.ResultOf[retries.Analyzer].(*retries.Graph).All() {
		own = append(own, fn.FullName())
	}
	if len(own) > 0 {
		slices.Sort(own)
		names.byPackage[pass.Pkg.Path()] = own
		pass.ExportPackageFact(&Declared{own})
	}
	return names
}

// Matches reports whether a task has a name, or a full name that ends with it behind a slash.
func (n *Names) Matches(name string) bool {
	for _, list := range n.byPackage {
		if slices.ContainsFunc(list, func(full string) bool { return matches(full, name) }) {
			return true
		}
	}
	return false
}

func matches(full, name string) bool { return full == name || strings.HasSuffix(full, "/"+name) }

// Beside returns the tasks of the packages that a name speaks of, shortened to the form of the name and sorted. There are
// none if the name speaks of a package whose tasks are not known.
func (n *Names) Beside(name string) []string {
	var list []string
	for path, all := range n.byPackage {
		for at, c := range name {
			if c == '.' && at > strings.LastIndexByte(name, '/') && matches(path, name[:at]) {
				for _, full := range all {
					list = append(list, full[len(path)-at:])
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
