package behavior

import (
	"context"
	"math"
	"math/big"
	"net/netip"
)

// Rates returns a map with keys that are not equal to themselves.
//
//retry:task retries=0 checkpoint
func (w *World) Rates(ctx context.Context) (map[float64][]int, error) {
	n, err := w.do("Rates")
	return map[float64][]int{math.NaN(): {n}, -math.NaN(): {n}, 1: {n}}, err
}

// Poll is asked once, and its state is never right.
//
//retry:task retries=0 if=unfinished checkpoint
func (w *World) Poll(ctx context.Context) (string, error) {
	_, err := w.do("Poll")
	return "running", err
}

// Phantom differs by a type alone.
//
//retry:task retries=0 checkpoint=durable
func Phantom[T any](ctx context.Context) (int, error) { return world.do("Phantom") }

// Route holds addresses. JSON keeps them if they are valid.
type Route struct {
	From, To netip.AddrPort
	Net      netip.Prefix
	Hops     []*big.Int
}

// Trace returns a route.
//
//retry:task retries=0 checkpoint=durable
func Trace(ctx context.Context, which string) (Route, error) { return routes[which], nil }

// routes are those that [Trace] knows.
var routes = map[string]Route{
	"none": {},
	"valid": {
		From: netip.MustParseAddrPort("[fe80::1%eth0]:80"), To: netip.MustParseAddrPort("[::ffff:1.2.3.4]:0"),
		Net: netip.MustParsePrefix("::ffff:1.2.3.0/120"), Hops: []*big.Int{nil, big.NewInt(-7)},
	},
	"port":   {To: netip.AddrPortFrom(netip.Addr{}, 80)},
	"prefix": {Net: netip.PrefixFrom(netip.MustParseAddr("1.2.3.4"), 99)},
}
