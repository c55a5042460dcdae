package chain_test

import (
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// TestBound adds up what code calls.
func TestBound(t *testing.T) {
	of := func(attempts int, wait time.Duration) chain.Bound {
		return chain.Bound{Attempts: attempts, Wait: wait * time.Second}
	}
	layer := func(attempts int, wait, within time.Duration) chain.Link {
		return chain.Link{Name: "F", Attempts: attempts, Wait: wait * time.Second, Within: within * time.Second}
	}
	blocking := of(2, 3)
	blocking.Blocks = true
	for _, test := range []struct {
		name string
		got  chain.Bound
		want string
	}{
		{"both", of(5, 4).Plus(of(3, 2)), "8 attempts, up to 6s of waiting"},
		{"one of them", of(5, 1).Or(of(3, 2)), "5 attempts, up to 2s of waiting"},
		{"unlimited is more", of(5, 1).Or(of(chain.Unlimited, 2)), "unlimited attempts, up to 2s of waiting"},
		{"at the same time", of(5, 4).Beside(of(3, 2)), "8 attempts, up to 4s of waiting"},
		{"waiting for each other", of(5, 4).Beside(blocking), "7 attempts, up to 7s of waiting"},
		{"three times", of(5, 4).Times(3), "15 attempts, up to 12s of waiting"},
		{"an unknown number of times", of(5, 4).Often("loop"), "5 attempts or more, 4s of waiting or more"},
		{"nothing, often", chain.Bound{}.Often("loop"), "0 attempts"},
		{"a layer", of(5, 4).Inside(layer(3, 2, 0)), "15 attempts, up to 14s of waiting"},
		{"a layer of one attempt", of(5, 4).Inside(layer(1, 0, 0)), "5 attempts, up to 4s of waiting"},
		{"a layer around nothing", chain.Bound{}.Inside(layer(3, 2, 0)), "3 attempts, up to 2s of waiting"},
		{"within", of(5, 4).Inside(layer(3, 2, 1)), "15 attempts, up to 5s of waiting"},
		{"unlimited within", of(5, 4).Inside(layer(chain.Unlimited, 2, 9)), "unlimited attempts, up to 13s of waiting"},
		{"unlimited", of(5, 4).Inside(layer(chain.Unlimited, 2, 0)), "unlimited attempts, waits without end"},
		{"unlimited without waits", of(5, 0).Inside(layer(chain.Unlimited, 0, 0)), "unlimited attempts"},
		{"more than there is", of(chain.Most, 1<<32).Times(1 << 30), "2147483647 attempts, waits without end"},
		{"a parameter", chain.Bound{Params: true}.Inside(layer(2, 1, 0)).Alone("f"), "2 attempts or more, 1s of waiting or more"},
	} {
		if got := test.got.String(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
