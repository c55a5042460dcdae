package loop

// exits returns the ways out of the loop.
func (s *finder) exits() []Exit {
	succeeded, failed := map[*block]bool{}, map[*block]bool{}
	for _, j := range s.loop.Judges {
		for b := range s.region(j.success()) {
			succeeded[b] = true
		}
		for b := range s.region(j.failure()) {
			failed[b] = true
		}
	}
	var list []Exit
	for _, b := range s.blocks {
		for way, to := range b.succs {
			if !s.has[to] {
				list = append(list, Exit{s.meaning(b, way, succeeded, failed), s.position(b), b, to})
			}
		}
	}
	return list
}

// meaning says what it means to leave the loop by an edge.
func (s *finder) meaning(b *block, way int, succeeded, failed map[*block]bool) Meaning {
	if reached, ok := s.loop.bounds[b]; ok && reached == way {
		return Exhausted
	}
	if j := s.judges[b]; j != nil && j.fail >= 0 {
		switch {
		case j.Kind == ContextEnd && j.fail == way:
			return Cancelled
		case j.fail == way:
			return Failed
		case j.Kind == NilError || j.Kind == Truth:
			return Succeeded
		}
	}
	if p := s.bounding(b); p {
		return Exhausted
	}
	if succeeded[b] && !failed[b] {
		return Succeeded
	}
	if len(b.preds) == 1 && b.branch == nil {
		return s.meaning(b.preds[0], wayTo(b.preds[0], b), succeeded, failed)
	}
	if succeeded[b] {
		return Succeeded
	}
	return Failed
}

// bounding reports whether a block follows the end of a bound: the second term of i < limit || limit == 0.
func (s *finder) bounding(b *block) bool {
	if len(b.preds) != 1 {
		return false
	}
	reached, ok := s.loop.bounds[b.preds[0]]
	return ok && b.preds[0].succs[reached] == b
}

func wayTo(from, to *block) int {
	if len(from.succs) > 1 && from.succs[1] == to {
		return 1
	}
	return 0
}
