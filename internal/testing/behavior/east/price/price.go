// Package price has the name of another package, and a task of the same name.
package price

import "context"

// Of returns a price of the east.
//
//retry:task retries=0 checkpoint=durable
func Of(ctx context.Context, symbol string) (string, error) { return "east " + symbol, nil }
