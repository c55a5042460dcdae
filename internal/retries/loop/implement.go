package loop

import (
	"go/types"
	"regexp"
	"slices"
)

// fakeName matches the names of types that stand in for others.
var fakeName = regexp.MustCompile(`(?i)mock|fake|stub|no_?op|^nop|dummy`)

// implementing returns the methods of this package that a method of one of its interfaces stands for, but for those of fakes.
func (m *Model) implementing(fn *types.Func) []*types.Func {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() != m.pass.Pkg {
		return nil
	}
	face, ok := recv.Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var list []*types.Func
	for _, method := range m.named(fn.Name()) {
		self := method.Signature().Recv().Type()
		if types.Implements(self, face) && !isFake(self) {
			list = append(list, method)
		}
	}
	return list
}

// isFake reports whether a type, or one that a pointer points to, stands in for others by its name.
func isFake(t types.Type) bool {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && fakeName.MatchString(named.Obj().Name())
}

// named returns the methods of this package's types that have a name.
func (m *Model) named(name string) []*types.Func {
	if m.methods == nil {
		m.methods = map[string][]*types.Func{}
		for fn := range m.bodies {
			if fn.Signature().Recv() != nil {
				m.methods[fn.Name()] = append(m.methods[fn.Name()], fn)
			}
		}
	}
	return m.methods[name]
}

// abstract returns the summary of an interface's method: it waits if all methods do that it stands for.
//
//	type Handler interface { Required(err error) bool }
//
//	func (h *handler) Required(err error) bool {
//		if h.retries == h.max {
//			return false
//		}
//		h.retries++
//		time.Sleep(h.backoff())
//		return true
//	}
func (m *Model) abstract(fn *types.Func) (sum Summary) {
	waits := func(method *types.Func) bool { return m.Summary(method).Waits }
	if !slices.ContainsFunc(m.named(fn.Name()), waits) {
		return Summary{} // known at once, for types with a method such as String may be many
	}
	for i, method := range m.implementing(fn) {
		s := m.Summary(method)
		if !s.Waits {
			return Summary{}
		}
		if i == 0 {
			sum = Summary{Waits: true, Delay: s.Delay, Stops: true}
		}
		if sum.Delay != s.Delay {
			sum.Delay = 0
		}
		sum.Ends = sum.Ends || s.Ends
		sum.Stops = sum.Stops && (s.Stops || !s.Ends)
		sum.Counted |= s.Counted
	}
	sum.Stops = sum.Stops && sum.Ends
	return sum
}

// exportAbstract exports what is known of the methods of the package's interfaces.
func (m *Model) exportAbstract() {
	scope := m.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		object, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || object.IsAlias() {
			continue
		}
		face, ok := object.Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for fn := range face.ExplicitMethods() {
			if s := m.Summary(fn); s != (Summary{}) {
				m.pass.ExportObjectFact(fn, &s)
			}
		}
	}
}
