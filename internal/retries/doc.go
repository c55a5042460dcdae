// Package retries knows which functions of a program retry, how often, and through which other functions.
//
// A chain is a list of layers, each of which makes several attempts at the next:
//
//	//retry:task retries=2 delay=1
//	func Checkout(ctx context.Context) error { return ChargeWithRetry(ctx) }
//
//	//retry:task retries=4 delay=1
//	func Charge(ctx context.Context) error { … }
//
// Here CheckoutWithRetry begins the chain Checkout (3 attempts) → Charge (5): 15 attempts in all. Loops that retry by hand
// (package loop), retry libraries and clients (package library) are layers too.
//
// A chain is the worst path. The total of a call is its bound ([chain.Bound]): calls in a row, deferred calls and
// goroutines add up, of branches the larger counts, and a loop counts its rounds. It says where the total is not bounded.
//
// [Analyzer] builds the [Graph] of one package at a time. It passes what it finds on to the packages that import this one
// as facts: [Chains], [Bounded], [Wrapped] and [Annotated]. [Facts] holds them in memory for tools that look at many packages
// at once, such as package inventory.
package retries
