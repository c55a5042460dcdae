package loop

// sort puts the blocks that can be reached into reverse postorder, and finds their predecessors and dominators.
func (g *graph) sort(entry *block) {
	type visit struct {
		b    *block
		next int
	}
	seen := map[*block]bool{entry: true}
	stack := []visit{{b: entry}}
	var post []*block
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.b.succs) {
			post = append(post, top.b)
			stack = stack[:len(stack)-1]
			continue
		}
		to := top.b.succs[top.next]
		top.next++
		to.preds = append(to.preds, top.b)
		if !seen[to] {
			seen[to] = true
			stack = append(stack, visit{b: to})
		}
	}
	for i := len(post) - 1; i >= 0; i-- {
		post[i].order = len(g.blocks)
		g.blocks = append(g.blocks, post[i])
	}
	g.dominate()
}

// dominate finds the immediate dominator of each block, by the algorithm of Cooper, Harvey and Kennedy.
func (g *graph) dominate() {
	entry := g.blocks[0]
	entry.idom = entry
	for changed := true; changed; {
		changed = false
		for _, b := range g.blocks[1:] {
			var idom *block
			for _, p := range b.preds {
				switch {
				case p.idom == nil:
				case idom == nil:
					idom = p
				default:
					idom = common(p, idom)
				}
			}
			if b.idom != idom {
				b.idom, changed = idom, true
			}
		}
	}
	g.number()
}

// common returns the nearest block that dominates two blocks.
func common(a, b *block) *block {
	for a != b {
		for a.order > b.order {
			a = a.idom
		}
		for b.order > a.order {
			b = b.idom
		}
	}
	return a
}

// number numbers the blocks of the dominator tree in the order in which a walk enters and leaves them.
func (g *graph) number() {
	children := map[*block][]*block{}
	for _, b := range g.blocks[1:] {
		children[b.idom] = append(children[b.idom], b)
	}
	n := 0
	stack := []*block{g.blocks[0]}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		if b.entered > 0 {
			b.left = n
			stack = stack[:len(stack)-1]
			continue
		}
		n++
		b.entered = n
		stack = append(stack, children[b]...)
	}
}

// dominates reports whether every way to b leads through a.
func (a *block) dominates(b *block) bool { return a.entered <= b.entered && b.entered <= a.left }

// natural is a loop of the control flow: the blocks from which its head can be reached again without leaving it.
type natural struct {
	head   *block
	blocks []*block
	has    map[*block]bool
	outer  *natural
}

// loops returns the loops of a graph, inner ones before those around them, and sets the innermost loop of each block.
func (g *graph) loops() []*natural {
	var list []*natural
	for i := len(g.blocks) - 1; i >= 0; i-- {
		head := g.blocks[i]
		var back []*block
		for _, p := range head.preds {
			if head.dominates(p) {
				back = append(back, p)
			}
		}
		if len(back) > 0 {
			list = append(list, newNatural(head, back))
		}
	}
	return list
}

func newNatural(head *block, back []*block) *natural {
	l := &natural{head: head, has: map[*block]bool{head: true}}
	work := back
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !l.has[b] {
			l.has[b] = true
			work = append(work, b.preds...)
		}
	}
	for b := range l.has {
		l.blocks = append(l.blocks, b)
	}
	sortBlocks(l.blocks)
	for _, b := range l.blocks {
		if b.loop == nil {
			b.loop = l
			continue
		}
		inner := b.loop
		for inner.outer != nil && inner.outer != l {
			inner = inner.outer
		}
		if inner != l {
			inner.outer = l
		}
	}
	return l
}
