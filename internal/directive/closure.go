package directive

import (
	"go/ast"
	"go/token"
	"go/types"
)

// uncaptured is why the calls of a function type cannot be recorded.
const uncaptured = "what a function value captures is not seen, so its calls cannot be identified"

// declaredType handles the directives above a type: a function type, or else an interface.
func (f *finder) declaredType(spec *ast.TypeSpec, lines []line) {
	object, ok := f.Info.Defs[spec.Name].(*types.TypeName)
	if !ok {
		f.problem(lines[0].pos, "%s has no type that can be determined", spec.Name.Name)
		return
	}
	switch under := object.Type().Underlying().(type) {
	case *types.Signature:
		f.functionType(spec, object, lines)
	case *types.Basic:
		if under.Kind() == types.Invalid {
			f.unwrappable(&Func{File: lines[0].file, Pos: lines[0].pos, Name: object.Name(), Type: spec}, undetermined)
			return
		}
		f.interfaceType(spec, lines)
	default:
		f.interfaceType(spec, lines)
	}
}

// isFuncType reports whether a type is written as a function type. A type that takes it from another one is not.
func isFuncType(spec *ast.TypeSpec) bool {
	_, ok := ast.Unparen(spec.Type).(*ast.FuncType)
	return ok
}

// functionType handles the directives above a function type, which gets a method that calls its receiver.
func (f *finder) functionType(spec *ast.TypeSpec, object *types.TypeName, lines []line) {
	first, name := lines[0], spec.Name.Name
	switch {
	case first.verb == "flow":
		f.problem(first.pos, "//retry:flow above function type %s: %s; make it a task", name, uncaptured)
		return
	case spec.Assign.IsValid():
		f.problem(first.pos, "//retry:%s above alias %s; only a defined type has methods of its own: write it without the =", first.verb, name)
		return
	case name == "_":
		f.problem(first.pos, "//retry:%s above type _, which can have no method; give it a name", first.verb)
		return
	}
	fn := f.closure(spec, object, first)
	stack, ok := f.stack(lines, fn)
	if !ok || !f.signature(fn) {
		return
	}
	before := len(f.problems)
	f.fit(fn, stack)
	f.name(fn)
	if len(f.problems) == before {
		f.found.Funcs = append(f.found.Funcs, fn)
	}
}

// closure describes the function that the values of a function type are. It stands for all of them: Object is at the type's
// name, and in no scope.
func (f *finder) closure(spec *ast.TypeSpec, object *types.TypeName, first line) *Func {
	named := object.Type().(*types.Named)
	sig := named.Underlying().(*types.Signature)
	receiver := &Receiver{Type: object.Name()}
	for param := range named.TypeParams().TypeParams() {
		receiver.TypeParams = append(receiver.TypeParams, param.Obj().Name())
	}
	recv := types.NewParam(token.NoPos, f.Types, "", named)
	sig = types.NewSignatureType(recv, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	return &Func{
		File: first.file, Pos: first.pos, Name: object.Name(), Task: f.Types.Name() + "." + object.Name(),
		Object: types.NewFunc(object.Pos(), f.Types, object.Name(), sig), Sig: sig, Type: spec, Receiver: receiver, pkg: f.Types,
	}
}

// unrecorded reports checkpoint= on a function type, also where it is inherited: nothing would be recorded.
func (s *fitter) unrecorded() {
	setting := s.fn.Policy.Checkpoint
	if setting.Origin.Inherited() {
		s.problem(s.fn.Pos, "checkpoint, which %s inherits, cannot apply to a function type: %s; write checkpoint=none", s.fn.Name, uncaptured)
	} else {
		s.problem(token.Pos(setting.Pos), "checkpoint cannot apply to function type %s: %s", s.fn.Name, uncaptured)
	}
	s.fn.Policy = s.fn.Policy.Without(s.fn.Policy.Entry("checkpoint").Option)
}

// local returns the problem of a directive above a type that a function declares, nil for any other.
func (l *line) local() *Problem {
	if l.node != nil || l.top {
		return nil
	}
	var found *Problem
	ast.Inspect(l.file, func(n ast.Node) bool {
		if decl, ok := n.(*ast.GenDecl); ok && decl.Tok == token.TYPE && l.documents(decl) {
			const message = " stands above a type declared in a function, which can have no methods; declare the type at package level"
			found = &Problem{Pos: l.pos, Unattached: true, Message: "//retry:" + l.verb + message}
		}
		return found == nil
	})
	return found
}

// documents reports whether the directive stands in a doc comment of a declaration or of a type in it.
func (l *line) documents(decl *ast.GenDecl) bool {
	groups := []*ast.CommentGroup{decl.Doc}
	for _, spec := range decl.Specs {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			groups = append(groups, spec.Doc)
		}
	}
	for _, group := range groups {
		if group != nil && group.Pos() <= l.pos && l.pos < group.End() {
			return true
		}
	}
	return false
}
