package chain_test

import (
	"fmt"
	"testing"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// TestLongChain names the first and the last layers of a chain that nobody would read to its end.
func TestLongChain(t *testing.T) {
	var links []chain.Link
	for i := range 20 {
		links = append(links, chain.Link{Name: fmt.Sprint("F", i), Attempts: 2})
	}
	const want = "F0 (2 attempts) → F1 (2) → F2 (2) → F3 (2) → … 12 more … → F16 (2) → F17 (2) → F18 (2) → F19 (2)"
	if got := chain.Layers(links, ""); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := chain.Layers(links[:2], ""), "F0 (2 attempts) → F1 (2)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
