// Package quantity reads numbers as directives and people write them: 10 (seconds), 250ms, 1e6.
package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/runtime/retry"
)

// Duration is a flag.Value of a time: 10 (seconds), 2.5, 250ms or 1m30s.
type Duration struct{ Value *time.Duration }

// String returns the value as Set reads it, "" for none.
func (d Duration) String() string {
	if d.Value == nil || *d.Value == 0 {
		return ""
	}
	return d.Value.String()
}

// Set reads 10 (seconds), 2.5, 250ms or 1m30s.
func (d Duration) Set(text string) error {
	value, err := retry.ParseDuration(text)
	*d.Value = value
	return err
}

// Decimal is a flag.Value of a number: 50000 or 5e4.
type Decimal struct{ Value *float64 }

// String returns the value as Set reads it, "" for none.
func (d Decimal) String() string {
	if d.Value == nil || *d.Value == 0 {
		return ""
	}
	return strconv.FormatFloat(*d.Value, 'g', -1, 64)
}

// Set reads 50000 or 5e4. Whether the number makes sense is for the scenario to say.
func (d Decimal) Set(text string) error {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is no number; want one such as 50000 or 5e4", text)
	}
	*d.Value = value
	return nil
}

// Whole is a flag.Value of a whole number that is not negative: 1000000 or 1e6.
type Whole struct{ Value *int }

// String returns the value as Set reads it, "" for none.
func (w Whole) String() string {
	if w.Value == nil || *w.Value == 0 {
		return ""
	}
	return strconv.Itoa(*w.Value)
}

// Set reads 1000000 or 1e6.
func (w Whole) Set(text string) error {
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(value):
		return fmt.Errorf("%q is no number; want one such as 1000000 or 1e6", text)
	case value < 0:
		return fmt.Errorf("%s: %w", text, forecast.ErrClients)
	case value != math.Trunc(value) || value > mostClients:
		return fmt.Errorf("%s: want a whole number of at most %.0e", text, float64(mostClients))
	}
	*w.Value = int(value)
	return nil
}

// mostClients is more than any machine has, and what memory bears where each is drawn.
const mostClients = 1e9

// Budget is a flag.Value of the three arguments of retry.NewBudget: 0.1,10,100.
type Budget struct{ Value **forecast.Budget }

// String returns the value as Set reads it, "" for none.
func (b Budget) String() string {
	if b.Value == nil || *b.Value == nil {
		return ""
	}
	return fmt.Sprintf("%g,%g,%g", (*b.Value).Ratio, (*b.Value).PerSecond, (*b.Value).Burst)
}

// Set reads the three arguments of retry.NewBudget.
func (b Budget) Set(text string) error {
	parts := strings.Split(text, ",")
	var numbers [3]float64
	if len(parts) != len(numbers) {
		return fmt.Errorf("want ratio,perSecond,burst such as 0.1,10,100")
	}
	for i, part := range parts {
		if err := (Decimal{&numbers[i]}).Set(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	*b.Value = &forecast.Budget{Ratio: numbers[0], PerSecond: numbers[1], Burst: numbers[2]}
	return forecast.Scenario{Budget: *b.Value}.Check()
}
