package check

// Shared is something that several checks of an analyzer ask of a package, such as its retry loops. It is computed when it
// is first asked for:
//
//	var sleeps = check.Share(func(p *check.Pass) []*ast.CallExpr { … })
//
//	for _, call := range sleeps.Of(p) { … }
type Shared[T any] struct{ compute func(*Pass) T }

// Share returns a Shared that is computed by a function. The function must not report.
func Share[T any](compute func(*Pass) T) *Shared[T] { return &Shared[T]{compute} }

// Of returns what is shared, for the package of a pass.
func (s *Shared[T]) Of(p *Pass) T {
	if value, ok := p.run.shared[s]; ok {
		return value.(T)
	}
	value := s.compute(p)
	p.run.shared[s] = value
	return value
}
