//go:build race

package agree

// The race detector makes a call ten times as long; a few calls find a race as well.
const (
	calls     = 3_000
	tolerance = 0.035
)
