package policy

import (
	"go/constant"
	"sync"
	"testing"
)

// TestOperands checks that asking for the names in a policy changes nothing that another goroutine may read.
func TestOperands(t *testing.T) {
	p := mustParse(t, "retries=n delay=a,b,1s jitter=f cap=c", 0)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got := len(p.Operands()); got != 5 {
				t.Errorf("%d operands, want 5", got)
			}
		})
	}
	group.Wait()
	for _, o := range p.Operands() {
		_ = o.Bind(constant.MakeInt64(1))
	}
	if got := answers(p); got != answers(mustParse(t, "retries=n delay=a,b,1s jitter=f cap=c", 0)) {
		t.Errorf("the policy has become %s", got)
	}
}
