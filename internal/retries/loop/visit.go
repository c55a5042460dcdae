package loop

// visit looks at blocks, each once, beginning with some of them. Look returns the blocks to go on with, or reports that it has
// found what is sought, which ends the visit. Visit reports whether it has been found.
func visit(from []*block, look func(*block) (next []*block, found bool)) bool {
	seen := map[*block]bool{}
	work := append([]*block(nil), from...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		next, found := look(b)
		if found {
			return true
		}
		work = append(work, next...)
	}
	return false
}
