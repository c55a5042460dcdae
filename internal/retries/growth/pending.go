package growth

import "golang.org/x/tools/go/cfg"

// pending are the blocks that are still to run, in the order in which a way goes forward.
type pending struct {
	order []int
	list  []*cfg.Block // the last one is next
	in    []*env       // by block
}

// newPending returns an empty pending for a graph, one that has been freed if possible.
func (p *program) newPending(g *graph) *pending {
	var todo *pending
	if last := len(p.idlePending) - 1; last >= 0 {
		todo = p.idlePending[last]
		p.idlePending = p.idlePending[:last]
	} else {
		todo = new(pending)
	}
	todo.order = g.order
	if len(todo.in) < len(g.blocks) {
		todo.in = make([]*env, len(g.blocks))
	}
	return todo
}

// freePending takes a pending that is not used any more. Blocks are left in it if there were too many steps.
func (p *program) freePending(todo *pending) {
	for !todo.empty() {
		_, e := todo.next()
		p.free(e)
	}
	p.idlePending = append(p.idlePending, todo)
}

func (t *pending) empty() bool { return len(t.list) == 0 }

// add adds a block that is not there yet.
func (t *pending) add(b *cfg.Block, e *env) {
	t.in[b.Index] = e
	at := len(t.list)
	t.list = append(t.list, b)
	for at > 0 && t.order[t.list[at-1].Index] < t.order[b.Index] {
		t.list[at] = t.list[at-1]
		at--
	}
	t.list[at] = b
}

// next removes the first block.
func (t *pending) next() (*cfg.Block, *env) {
	last := len(t.list) - 1
	b := t.list[last]
	t.list = t.list[:last]
	e := t.in[b.Index]
	t.in[b.Index] = nil
	return b, e
}
