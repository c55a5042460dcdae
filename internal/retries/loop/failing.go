package loop

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// round is what one way through the loop may meet before the next round.
type round struct {
	ways  map[*block]bool // out of the loop: the blocks that they lead to
	waits map[*Wait]bool
	again bool // it may come back for another round
}

// round follows the ways from a block to the next round. They end where the process ends.
func (l *Loop) round(from *block) round {
	r := round{ways: map[*block]bool{}, waits: map[*Wait]bool{}}
	seen := map[*block]bool{}
	work := []*block{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		switch {
		case b == l.flow.head:
			r.again = true
		case !l.flow.has[b]:
			r.ways[b] = true
		case !seen[b] && !l.exits(b):
			seen[b] = true
			work = append(work, b.succs...)
		}
	}
	for _, w := range l.Waits {
		if seen[w.block] {
			r.waits[w] = true
		}
	}
	return r
}

// same reports whether two ways through the loop do not differ in where they end and wait.
func (r round) same(other round) bool {
	if r.again != other.again || len(r.ways) != len(other.ways) || len(r.waits) != len(other.waits) {
		return false
	}
	for b := range r.ways {
		if !other.ways[b] {
			return false
		}
	}
	for w := range r.waits {
		if !other.waits[w] {
			return false
		}
	}
	return true
}

// RetriesErrors reports whether an error leads to another attempt, other than a success, and returns the waits on the way. An
// error that is only logged does not, and neither does one of a local file or a buffer.
func (l *Loop) RetriesErrors() (waits []*Wait, ok bool) {
	found := map[*Wait]bool{}
	for _, j := range l.Judges {
		if j.Kind != NilError || l.local(j) {
			continue
		}
		failure, success := l.round(j.failure()), l.round(j.success())
		if !failure.again || failure.same(success) {
			continue
		}
		ok = true
		for w := range failure.waits {
			found[w] = true
		}
		for _, w := range l.Waits {
			found[w] = found[w] || w.block == j.last || l.comesBefore(w, j.last)
		}
	}
	for _, w := range l.Waits {
		if found[w] {
			waits = append(waits, w)
		}
	}
	return waits, ok
}

// ErrorsLeave reports whether the loop judges errors and goes on after none: what it does again succeeds each time, such as a
// question for a state.
func (l *Loop) ErrorsLeave() bool {
	judged := false
	for _, b := range l.flow.blocks {
		if j := l.flow.judge(b); j != nil && j.Kind == NilError && slices.Contains(j.Operations, l.Operation) {
			judged = true
			if l.round(j.failure()).again {
				return false
			}
		}
	}
	return judged
}

// RangesOverList reports whether the rounds are those of a list: each may be about another element. A list of delays is none.
func (l *Loop) RangesOverList() bool {
	r, ok := l.Stmt.(*ast.RangeStmt)
	return ok && !isInteger(l.flow.info.TypeOf(r.X)) && (r.Value == nil || !isDuration(l.flow.info.TypeOf(r.Value)))
}

// AsksToRetry reports whether what the loop has asked says by its name that another attempt is worth it: if shouldRetry { continue }.
func (l *Loop) AsksToRetry() bool {
	for _, j := range l.Judges {
		if j.fail >= 0 && j.Cond != nil && asksToRetry.MatchString(syntax.Identifiers(j.Cond)) && l.round(j.failure()).again {
			return true
		}
	}
	return false
}

var asksToRetry = regexp.MustCompile(`(?i)retr[iy]|again|tempor|transient|throttl`)

// comesBefore reports whether a wait stands on a way from the head of the loop to a block.
func (l *Loop) comesBefore(w *Wait, to *block) bool {
	return visit([]*block{l.flow.head}, func(b *block) ([]*block, bool) {
		if b == to || !l.flow.has[b] {
			return nil, false
		}
		return b.succs, b == w.block
	})
}

// Remote reports whether something that is judged does not work on local files and buffers alone, and may fail.
func (l *Loop) Remote() bool {
	return slices.ContainsFunc(l.Judges, func(j *Judge) bool { return j.Kind == NilError && !l.local(j) })
}

// local reports whether all that is judged works on local files and buffers.
func (l *Loop) local(j *Judge) bool {
	for _, op := range j.Operations {
		call, ok := op.(*ast.CallExpr)
		if !ok {
			return false
		}
		fn := syntax.Callee(l.flow.info, call)
		if fn == nil || fn.Pkg() == nil {
			return false
		}
		switch path := fn.Pkg().Path(); {
		case path == "os", path == "bufio", path == "io/fs", path == "io/ioutil", strings.HasPrefix(path, "path/filepath"):
		default:
			return false
		}
	}
	return len(j.Operations) > 0
}
