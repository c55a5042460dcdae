package directive

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// inConstant is the problem of an option that a policy constant cannot hold.
const inConstant = "%s in a policy: a policy is shared by functions; put the option on the directive"

// constantLayer reads a policy constant. Mistakes in a constant of this package are reported where it stands, mistakes
// in another package's where it is used.
func (f *finder) constantLayer(object *types.Const, use token.Pos) layer {
	text := constant.StringVal(object.Val())
	below := layer{scope: scope{pkg: object.Pkg()}, constant: object}
	file, base, exact := f.literal(object, text)
	parsed, problems := policy.Parse(text, int(base))
	switch {
	case file == nil:
		for _, p := range problems {
			f.problem(use, "policy %s.%s: %s", object.Pkg().Name(), object.Name(), p.Message)
		}
		parsed = parsed.At(int(use))
	case exact:
		f.report(problems)
	default:
		for _, p := range problems {
			f.problem(base, "policy %s: %s", object.Name(), p.Message)
		}
		parsed = parsed.At(int(base))
	}
	f.misplaced(parsed, policy.InConstant, inConstant)
	below.policy, below.scope.file = parsed.From(policy.FromConstant), file
	return below
}

// literal finds the file of a constant of this package and the position of its text: of the expression, unless it is
// exact. It is exact if the constant is one literal without escapes, so that offsets in the text are offsets in the file.
func (f *finder) literal(object *types.Const, text string) (file *ast.File, base token.Pos, exact bool) {
	if object.Pkg() != f.Types {
		return nil, token.NoPos, false
	}
	for _, file := range f.Files {
		if object.Pos() < file.FileStart || file.FileEnd <= object.Pos() {
			continue
		}
		expr := literalOf(file, object)
		if expr == nil {
			return file, object.Pos(), false
		}
		if lit, ok := expr.(*ast.BasicLit); ok && len(lit.Value) == len(text)+2 && strings.Contains(lit.Value, text) {
			return file, lit.Pos() + 1, true
		}
		return file, expr.Pos(), false
	}
	return nil, token.NoPos, false
}

// literalOf finds the expression that a constant is declared with, nil if it repeats another's.
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
	if l.text != "" && !strings.HasPrefix(l.text, "//") {
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
				f.problem(name.Pos(), "//retry:policy: %s is not a string constant", name.Name)
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
