package directive

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/retrygen/retrygen/internal/policy"
)

// draft is an annotated interface, or one with annotated methods, until all its directives have been read.
type draft struct {
	spec    *ast.TypeSpec
	lines   []line            // above the type
	methods map[string][]line // above its methods, by name
	order   []string          // of the interface's own methods, as written
}

// interfaceType records the directives above an interface type.
func (f *finder) interfaceType(spec *ast.TypeSpec, lines []line) {
	f.draft(spec).lines = lines
}

// interfaceMethod records the directives above a method of an interface.
func (f *finder) interfaceMethod(field *ast.Field, lines []line) {
	if len(field.Names) != 1 {
		f.problem(lines[0].pos, "//retry:%s stands above an embedded interface; put it above the type, or above a method", lines[0].verb)
		return
	}
	spec := enclosing(lines[0].file, field)
	f.draft(spec).methods[field.Names[0].Name] = lines
}

func (f *finder) draft(spec *ast.TypeSpec) *draft {
	for _, d := range f.drafts {
		if d.spec == spec {
			return d
		}
	}
	d := &draft{spec: spec, methods: map[string][]line{}}
	if t, ok := spec.Type.(*ast.InterfaceType); ok {
		for _, field := range t.Methods.List {
			for _, name := range field.Names {
				d.order = append(d.order, name.Name)
			}
		}
	}
	f.drafts = append(f.drafts, d)
	return d
}

// first returns the first directive of the draft.
func (d *draft) first() line {
	all := slices.Clone(d.lines)
	for _, lines := range d.methods {
		all = append(all, lines...)
	}
	return slices.MinFunc(all, func(a, b line) int { return cmp.Compare(a.pos, b.pos) })
}

func (f *finder) finishDecorators() {
	for _, d := range f.drafts {
		before := len(f.problems)
		decorator := f.decorator(d)
		if decorator != nil && len(f.problems) == before {
			f.found.Decorators = append(f.found.Decorators, decorator)
		}
	}
}

// decorator makes the decorator of an annotated interface.
func (f *finder) decorator(d *draft) *Decorator {
	first := d.first()
	name := d.spec.Name.Name
	object, _ := f.Info.Defs[d.spec.Name].(*types.TypeName)
	if object == nil {
		f.untyped(first.pos, first.file, d.spec.Name)
		return nil
	}
	iface, ok := object.Type().Underlying().(*types.Interface)
	if !ok || !iface.IsMethodSet() {
		f.problem(first.pos, "//retry:%s above type %s, which is neither a function type nor an interface with methods; "+
			"put it on a function, a method or such a type", first.verb, name)
		return nil
	}
	made := &Decorator{File: first.file, Pos: first.pos, Name: name, Wrapper: name + "WithRetry", Object: object}
	shared, ok := f.layers(d.lines, policy.FromInterface, nil)
	if !ok {
		return nil
	}
	pos := first.pos
	if as := merge(shared).As; as.IsSet() {
		made.Wrapper, pos = as.Value, token.Pos(as.Pos)
	}
	f.claim(pos, made.Wrapper)
	methods := d.sorted(iface)
	made.Explicit = slices.ContainsFunc(methods, func(m *types.Func) bool { return m.Name() == name })
	if made.Explicit {
		f.claim(pos, made.Constructor())
	}
	before := len(f.problems)
	for _, method := range methods {
		f.decorate(made, d, shared, method)
	}
	if len(made.Methods) == 0 && len(d.lines) > 0 && len(f.problems) == before {
		f.problem(first.pos, "%s has no method that takes a context and ends in an error, so there is nothing to retry", name)
	}
	f.nameTasks(made)
	f.reportUnused(made, d, shared)
	f.sameMethods(made, iface)
	return made
}

// Constructor is the name of the function that makes an explicit decorator.
func (d *Decorator) Constructor() string {
	if token.IsExported(d.Wrapper) {
		return "New" + d.Wrapper
	}
	first, size := utf8.DecodeRuneInString(d.Wrapper)
	return "new" + string(unicode.ToUpper(first)) + d.Wrapper[size:]
}

// sorted lists the methods of an interface: its own as written, then embedded methods by name.
func (d *draft) sorted(iface *types.Interface) []*types.Func {
	methods := slices.Collect(iface.Methods())
	rank := func(m *types.Func) int {
		if i := slices.Index(d.order, m.Name()); i >= 0 {
			return i
		}
		return len(d.order)
	}
	slices.SortStableFunc(methods, func(a, b *types.Func) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name(), b.Name()))
	})
	return methods
}

// onInterfaceMethod is the problem of an option that cannot stand above a method of an interface.
const onInterfaceMethod = "%s on a method of an interface: the decorator's method keeps its name; put the option above the type"

// decorate decides whether and how one method is retried.
func (f *finder) decorate(made *Decorator, d *draft, shared []layer, method *types.Func) {
	own := d.methods[method.Name()]
	foreign := !method.Exported() && method.Pkg() != f.Types
	roles := rolesOf(method.Signature())
	suited := roles.HasContext() && roles.Error && !foreign && (d.first().verb == "task" || roles.Context >= 0 && !roles.Foreign)
	if own == nil && (d.lines == nil || !suited) {
		made.pass(f, d, method, foreign)
		return
	}
	verb, pos := d.first().verb, made.Pos
	if own != nil {
		verb, pos = own[0].verb, own[0].pos
		if !roles.HasContext() {
			f.problem(pos, "//retry:%s on method %s, which takes no context; "+
				"the decorator must have the same methods, so none can be added", verb, method.Name())
			return
		}
	}
	fn := &Func{
		File: made.File, Pos: pos, Flow: verb == "flow",
		Name: method.Name(), Wrapper: method.Name(), Task: f.Types.Name() + "." + made.Name + "." + method.Name(),
		Object: method, Sig: method.Signature(), Self: made.Object.Type(), pkg: f.Types,
	}
	if !f.signature(fn) {
		return
	}
	stack, ok := f.methodStack(own, shared, verb, fn)
	if !ok {
		return
	}
	if before := len(f.problems); own != nil {
		f.misplaced(stack[0].policy, policy.OnInterfaceMethod, onInterfaceMethod)
		if len(f.problems) > before {
			return
		}
	}
	f.fit(fn, stack)
	made.Methods = append(made.Methods, fn)
}

// methodStack puts what stands above a method on top of what stands above the type, and the defaults below.
func (f *finder) methodStack(own []line, shared []layer, verb string, fn *Func) ([]layer, bool) {
	var stack []layer
	ok := true
	if own != nil {
		stack, ok = f.layers(own, policy.FromDirective, fn)
	}
	stack = slices.Concat(stack, shared, f.defaults[verb])
	for i := range stack {
		stack[i].scope.receiver = fn.Self
	}
	f.valuesOf(stack)
	return stack, ok
}

// pass records a method whose calls are passed on without retries.
func (d *Decorator) pass(f *finder, from *draft, method *types.Func, foreign bool) {
	if !d.Explicit {
		return
	}
	if foreign {
		f.problem(from.first().pos, "%s has a method with its own name and an unexported method from package %s; "+
			"no decorator can have both", d.Name, method.Pkg().Path())
		return
	}
	d.Others = append(d.Others, method)
}

// reportUnused reports options above the type that apply to none of its methods.
func (f *finder) reportUnused(made *Decorator, d *draft, shared []layer) {
	if len(shared) == 0 || len(made.Methods) == 0 {
		return
	}
	for e := range shared[0].policy.Entries() {
		if why := made.skips(e.Name); why != "" {
			f.problem(token.Pos(e.Pos), "%s fits no method of %s: %s", e.Word(), made.Name, why)
		}
	}
}

// skips says why an option applies to no method, "" if it applies to one or nothing is wrong with it.
func (d *Decorator) skips(option string) (why string) {
	for _, m := range d.Methods {
		if m.Policy.Entry(option).IsSet() {
			return ""
		}
		for _, s := range m.skipped {
			if s.option == option && why == "" {
				why = s.why
			}
		}
	}
	return why
}
