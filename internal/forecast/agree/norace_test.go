//go:build !race

package agree

// The distance of Kolmogorov and Smirnov that so many calls may show.
const (
	calls     = 100_000
	tolerance = 0.006
)
