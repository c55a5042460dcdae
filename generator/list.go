package generator

import (
	"cmp"
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// Listed is a function, a method, or a method of an interface that is retried.
type Listed struct {
	Package string // import path; that of an external test package ends in "_test"
	Task    string // as errors and events call it: "pkg.Func", "pkg.Type.Method"
	Wrapper string // the name of what is generated; of an interface's method, "StoreWithRetry.Get"
	Flow    bool   // a flow rather than a task
	Foreign bool   // the present platform and tags leave its file out

	Pos    token.Position // of the directive; the file name is absolute
	Policy policy.Policy  // what is in force; its positions mean nothing

	// Where options stand, as far as they stand in the file of the directive: the directive itself where they do not.
	Retries, Delay, Cap token.Position
}

// List gives what is retried in the packages that the options name, sorted by package and position, and the mistakes
// in directives, sorted by position. It renders nothing and asks for no generated file, so it works before the first
// generation. Of a declaration with a mistake nothing is listed. An error means that the packages could not be listed or
// read.
func List(ctx context.Context, options Options) ([]Listed, []Diagnostic, error) {
	r := newRun(ctx, options)
	folders, units, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	var list []Listed
	for _, f := range folders {
		for _, u := range units[f] {
			found, pkg := r.find(u)
			for _, fn := range found.Funcs {
				list = append(list, r.listed(u, pkg, fn))
			}
			for _, d := range found.Decorators {
				for _, fn := range d.Methods {
					method := r.listed(u, pkg, fn)
					method.Wrapper = d.Wrapper + "." + fn.Wrapper
					list = append(list, method)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return list, sorted(r.diagnostics), nil
}

func (r *run) listed(u *unit, pkg *types.Package, fn *directive.Func) Listed {
	own := r.fset.PositionFor(fn.Pos, false)
	return Listed{
		Package: pkg.Path(), Task: fn.Task, Wrapper: fn.Wrapper, Flow: fn.Flow, Foreign: u.platform != r.present,
		Pos: own, Policy: fn.Policy.At(0),
		Retries: r.option(fn.File, own, fn.Policy.Retries.Pos),
		Delay:   r.option(fn.File, own, fn.Policy.Delay.Pos),
		Cap:     r.option(fn.File, own, fn.Policy.Cap.Pos),
	}
}

// option gives the position of an option, that of the directive where the option is not in the same file.
func (r *run) option(file *ast.File, directive token.Position, pos int) token.Position {
	if p := token.Pos(pos); file.FileStart <= p && p < file.FileEnd {
		return r.fset.PositionFor(p, false)
	}
	return directive
}
