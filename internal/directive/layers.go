package directive

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// layer is one source of options, with the place where the names in it resolve.
type layer struct {
	policy    policy.Policy
	where     place
	inherited bool         // it comes from a policy, a default or the interface, so what cannot apply is skipped
	constant  *types.Const // the policy constant it was read from, if any
}

// place is where names resolve.
type place struct {
	pkg      *types.Package
	file     *ast.File  // whose imports count; nil for a constant of another package
	receiver types.Type // what a leading dot means; nil for nothing
}

// stack reads the lines above one declaration and puts what they inherit below them, nearest first.
func (f *finder) stack(lines []line, receiver types.Type) ([]layer, bool) {
	own, ok := f.explicit(lines)
	all := append(own, f.defaults[lines[0].verb]...)
	for i := range all {
		all[i].where.receiver = receiver
	}
	return all, ok
}

// explicit reads the lines above one declaration, with the policies they name. There are none above an interface of
// which only methods are annotated.
func (f *finder) explicit(lines []line) ([]layer, bool) {
	if len(lines) == 0 {
		return nil, true
	}
	before := len(f.problems)
	var joined policy.Policy
	for _, l := range lines {
		parsed, problems := policy.Parse(l.args, int(l.base))
		f.report(problems)
		joined, problems = joined.Join(parsed)
		f.report(problems)
	}
	f.report(joined.Check())
	where := place{pkg: f.Types, file: lines[0].file}
	layers := f.expand(layer{policy: joined, where: where}, where.file, nil)
	return layers, len(f.problems) == before
}

// expand puts the policy that a layer names below it. The directive stands in the file use, nil where that is not known.
func (f *finder) expand(l layer, use *ast.File, seen []*types.Const) []layer {
	layers := []layer{l}
	if !l.policy.Policy.IsSet() {
		return layers
	}
	pos, name := token.Pos(l.policy.Policy.Pos), l.policy.Policy.Value
	ref, err := f.resolve(name, l.where)
	if err != nil {
		f.problem(pos, "policy=%s: %v", name, err)
		return layers
	}
	object, _ := ref.Object.(*types.Const)
	if object == nil || len(ref.Path) > 0 || object.Val().Kind() != constant.String {
		f.problem(pos, "policy=%s: %s is no string constant", name, name)
		return layers
	}
	if slices.Contains(seen, object) {
		f.problem(pos, "policy=%s: the policy names itself", name)
		return layers
	}
	if f.Varies != nil && use != nil {
		if why := f.Varies(object, use); why != "" {
			f.problem(pos, "policy=%s: %s, which not every build with this file has; declare the policy where every build has it", name, why)
		}
	}
	below := f.constantLayer(object, pos)
	return append(layers, f.expand(below, use, append(seen, object))...)
}

// constantLayer reads a policy constant. Mistakes in one of this package are reported where it stands, those in
// another package's where it is used.
func (f *finder) constantLayer(object *types.Const, use token.Pos) layer {
	text := constant.StringVal(object.Val())
	below := layer{where: place{pkg: object.Pkg()}, inherited: true, constant: object}
	file, base := f.literal(object, text)
	if file == nil {
		parsed, problems := policy.Parse(text, 0)
		for _, p := range problems {
			f.problem(use, "policy %s.%s: %s", object.Pkg().Name(), object.Name(), p.Message)
		}
		below.policy = parsed.At(int(use))
		return below
	}
	parsed, problems := policy.Parse(text, int(base))
	if f.spelled(object, text) {
		f.report(problems)
	} else {
		for _, p := range problems {
			f.problem(base, "policy %s: %s", object.Name(), p.Message)
		}
		parsed = parsed.At(int(base))
	}
	if parsed.As.IsSet() {
		f.problem(token.Pos(parsed.As.Pos), "as=%s: a policy is shared, a name is not; put as= on the directive", parsed.As.Value)
	}
	below.policy, below.where.file = parsed, file
	return below
}

// literal finds the file of a constant of this package, and the position of its text.
func (f *finder) literal(object *types.Const, text string) (*ast.File, token.Pos) {
	if object.Pkg() != f.Types {
		return nil, token.NoPos
	}
	for _, file := range f.Files {
		if file.FileStart <= object.Pos() && object.Pos() < file.FileEnd {
			if lit := literalOf(file, object); lit != nil {
				if f.spelled(object, text) {
					return file, lit.Pos() + 1
				}
				return file, lit.Pos()
			}
			return file, object.Pos()
		}
	}
	return nil, token.NoPos
}

// spelled reports whether a constant is one literal without escapes, so that offsets in its text are offsets in
// the file.
func (f *finder) spelled(object *types.Const, text string) bool {
	for _, file := range f.Files {
		if file.FileStart <= object.Pos() && object.Pos() < file.FileEnd {
			lit, ok := literalOf(file, object).(*ast.BasicLit)
			return ok && len(lit.Value) == len(text)+2 && strings.Contains(lit.Value, text)
		}
	}
	return false
}

// literalOf finds the expression that a constant is declared with, nil where it repeats another's.
func literalOf(file *ast.File, object *types.Const) ast.Expr {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, name := range spec.Names {
				if name.Pos() == object.Pos() && i < len(spec.Values) {
					return spec.Values[i]
				}
			}
		}
	}
	return nil
}

// checkConstants handles //retry:policy: every constant of the declaration has to be a policy.
func (f *finder) checkConstants(l line) {
	var specs []ast.Spec
	switch node := l.node.(type) {
	case *ast.ValueSpec:
		specs = []ast.Spec{node}
	case *ast.GenDecl:
		specs = node.Specs
	}
	if l.args != "" && !strings.HasPrefix(l.args, "//") {
		f.problem(l.base, "//retry:policy takes no options; they stand in the constant")
	}
	for _, spec := range specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok {
			f.problems = append(f.problems, *l.unattached(beneathConstant))
			return
		}
		for _, name := range value.Names {
			object, _ := f.Info.Defs[name].(*types.Const)
			if object == nil || object.Val().Kind() != constant.String {
				f.problem(name.Pos(), "//retry:policy: %s is no string constant", name.Name)
				continue
			}
			f.checkConstant(object)
		}
	}
}

// checkConstant checks a policy by itself: its options, and that its names resolve. Whether they fit a function is
// only known where the policy is used.
func (f *finder) checkConstant(object *types.Const) {
	layers := f.expand(f.constantLayer(object, object.Pos()), nil, []*types.Const{object})
	f.report(layers[0].policy.Check())
	f.checkNames(layers[:1])
}

// readDefaults reads the package's //retry:default lines.
func (f *finder) readDefaults(all []line) {
	f.defaults = map[string][]layer{}
	joined := map[string]policy.Policy{}
	named := map[string][]layer{} // the policies that defaults name: they yield to every default line
	for _, l := range all {
		if l.verb != "default" || l.misplaced() != nil {
			continue
		}
		verb, options, _ := strings.Cut(strings.TrimSpace(l.args), " ")
		if verb != "task" && verb != "flow" {
			f.problem(l.base, "//retry:default %s: want //retry:default task or //retry:default flow, then the options", verb)
			continue
		}
		if f.Optional != nil && f.Optional(l.file) {
			f.problem(l.pos, "a default cannot stand in a file that only some builds have; put it in one without build constraints, best in doc.go")
			continue
		}
		parsed, problems := policy.Parse(options, int(l.base)+len(l.args)-len(options))
		f.report(problems)
		if parsed.As.IsSet() {
			f.problem(token.Pos(parsed.As.Pos), "as=%s: a default is shared, a name is not; put as= on the directive", parsed.As.Value)
		}
		both, problems := joined[verb].Join(parsed)
		f.report(problems)
		joined[verb] = both
		// Each line keeps its own file's imports for the names in it.
		where := place{pkg: f.Types, file: l.file}
		layers := f.expand(layer{policy: parsed, where: where, inherited: true}, l.file, nil)
		f.defaults[verb] = append(f.defaults[verb], layers[0])
		named[verb] = append(named[verb], layers[1:]...)
	}
	for _, verb := range []string{"task", "flow"} {
		f.defaults[verb] = append(f.defaults[verb], named[verb]...)
		f.report(joined[verb].Check())
		f.checkNames(f.defaults[verb])
	}
}

// merge gives the policy that a stack of layers comes to.
func merge(stack []layer) policy.Policy {
	var merged policy.Policy
	for i, l := range stack {
		if i == 0 {
			merged = l.policy
			continue
		}
		merged = merged.Or(l.policy)
	}
	return merged
}

// origin finds the layer that an option comes from: the first that says anything about it.
func origin(stack []layer, state func(*policy.Policy) policy.State) *layer {
	for i := range stack {
		if state(&stack[i].policy) != policy.Absent {
			return &stack[i]
		}
	}
	return nil
}
