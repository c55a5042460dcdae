package inventory

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/policy"
)

// Listed is a function, a method, or a method of an interface that is retried.
type Listed struct {
	Package string // import path; it ends in "_test" for an external test package
	Task    string // as errors and events call it: "pkg.Func", "pkg.Type.Method"
	Wrapper string // the name of what is generated; of an interface's method, "StoreWithRetry.Get"
	Flow    bool   // a flow rather than a task
	Foreign bool   // the present platform and tags leave its file out

	Pos    token.Position // of the directive; the file name is absolute
	First  int            // line of the declaration, its comment included
	Last   int            // line of it
	Policy policy.Policy  // what is in force as far as it is known; its positions mean nothing
	Text   string         // the policy as the directive has it

	Budget []float64 // the arguments of retry.NewBudget: ratio, per second, burst; nil where they are not to be seen

	// Where options stand, as far as they stand in the file of the directive: the directive itself where they do not.
	Retries, Delay, Cap token.Position
}

// find finds the directives in the packages of a run.
func find(r *load.Run) []*directive.Func {
	var all []*directive.Func
	for _, f := range r.Folders {
		for _, u := range f.Units {
			r.Find(u)
			all = append(all, u.Found.All()...)
		}
	}
	return all
}

// list returns what is retried in the packages of a run, sorted by package and position. It renders nothing and needs no
// generated file, so it works before the first generation. Of a declaration with a mistake nothing is listed; the mistakes
// are the run's problems afterwards. The directives have been found.
func list(r *load.Run, fill func(*directive.Func) error) ([]Listed, error) {
	var list []Listed
	for _, f := range r.Folders {
		for _, u := range f.Units {
			for _, fn := range u.Found.All() {
				if err := fill(fn); err != nil {
					return nil, err
				}
			}
			for _, fn := range u.Found.Funcs {
				list = append(list, listed(r, u, fn))
			}
			for _, d := range u.Found.Decorators {
				for _, fn := range d.Methods {
					method := listed(r, u, fn)
					method.Wrapper = d.Wrapper + "." + fn.Wrapper
					list = append(list, method)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return list, nil
}

func listed(r *load.Run, u *load.Unit, fn *directive.Func) Listed {
	own := r.Position(fn.Pos)
	first, last := extent(fn)
	return Listed{
		Package: u.Types.Path(), Task: fn.Task, Wrapper: fn.Wrapper, Flow: fn.Flow, Foreign: r.Foreign(u.Folder, u.Source(fn.File)),
		Pos: own, First: min(r.Position(first).Line, own.Line), Last: r.Position(last).Line,
		Policy: fn.InForce().At(0), Text: fn.Policy.String(), Budget: budgetOf(u, fn.Budget),
		Retries: option(r, fn.File, own, fn.Policy.Retries.Pos),
		Delay:   option(r, fn.File, own, fn.Policy.Delay.Pos),
		Cap:     option(r, fn.File, own, fn.Policy.Cap.Pos),
	}
}

// extent returns where a declaration begins and ends. Of a method of an interface it is the method's name.
func extent(fn *directive.Func) (first, last token.Pos) {
	switch {
	case fn.Decl != nil && fn.Decl.Doc != nil:
		return fn.Decl.Doc.Pos(), fn.Decl.End()
	case fn.Decl != nil:
		return fn.Decl.Pos(), fn.Decl.End()
	case fn.Type != nil:
		return fn.Type.Pos(), fn.Type.End()
	}
	return fn.Object.Pos(), fn.Object.Pos()
}

// option returns the position of an option, or of the directive if the option is in another file.
func option(r *load.Run, file *ast.File, directive token.Position, pos int) token.Position {
	if p := token.Pos(pos); file.FileStart <= p && p < file.FileEnd {
		return r.Position(p)
	}
	return directive
}

// budgetOf reads the numbers of a budget that is made where its variable is declared, in the unit itself.
func budgetOf(u *load.Unit, ref *directive.Ref) []float64 {
	if ref == nil || len(ref.Path) > 0 || ref.Object == nil {
		return nil
	}
	var numbers []float64
	for _, s := range u.Sources {
		ast.Inspect(s.File, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				_, function := n.(*ast.FuncDecl)
				return !function
			}
			for i, name := range spec.Names {
				if u.Info.Defs[name] == ref.Object && i < len(spec.Values) {
					numbers = constants(u.Info, spec.Values[i])
				}
			}
			return false
		})
	}
	return numbers
}

// constants returns the arguments of a call of retry.NewBudget, nil for any other expression.
func constants(info *types.Info, value ast.Expr) []float64 {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	if !ok || len(call.Args) != 3 {
		return nil
	}
	if f, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); !ok || f.Sel.Name != "NewBudget" {
		return nil
	}
	var numbers []float64
	for _, arg := range call.Args {
		known := info.Types[arg].Value
		if known == nil {
			return nil
		}
		x, _ := constant.Float64Val(constant.ToFloat(known))
		numbers = append(numbers, x)
	}
	return numbers
}
