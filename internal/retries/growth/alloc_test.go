//go:build !race

// The race detector makes code allocate that does not without it.

package growth_test

import "testing"

// TestAttemptsDoNotAllocate looks at loops that overflow early and late: an attempt more allocates next to nothing.
func TestAttemptsDoNotAllocate(t *testing.T) {
	loop := func(factor string) string {
		return `func f(call func() error) {
	d := time.Second
	for n := 0; n < 1000 && call() != nil; n++ {
		time.Sleep(d)
		d = d * ` + factor + ` / 10
	}
}`
	}
	early, late := prepare(t, loop("20")), prepare(t, loop("11"))
	if a, b := early()[0].Overflows, late()[0].Overflows; b-a < 150 {
		t.Fatalf("overflows at attempt %d and %d, want 150 attempts between them", a, b)
	}
	few := testing.AllocsPerRun(10, func() { early() })
	if many := testing.AllocsPerRun(10, func() { late() }); many > few+50 {
		t.Errorf("%.0f allocations, want no more than the %.0f of the loop that overflows early and 50", many, few)
	}
}
