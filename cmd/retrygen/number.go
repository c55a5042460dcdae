package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/runtime/retry"
)

// The flags that are numbers, as directives and people write them.

type duration struct{ value *time.Duration }

func (d duration) String() string {
	if d.value == nil || *d.value == 0 {
		return ""
	}
	return d.value.String()
}

// Set reads 10 (seconds), 2.5, 250ms or 1m30s.
func (d duration) Set(text string) error {
	value, err := retry.ParseDuration(text)
	*d.value = value
	return err
}

type decimal struct{ value *float64 }

func (d decimal) String() string {
	if d.value == nil || *d.value == 0 {
		return ""
	}
	return strconv.FormatFloat(*d.value, 'g', -1, 64)
}

// Set reads 50000 or 5e4. Whether the number makes sense is for the scenario to say.
func (d decimal) Set(text string) error {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is no number; want one such as 50000 or 5e4", text)
	}
	*d.value = value
	return nil
}

type whole struct{ value *int }

func (w whole) String() string {
	if w.value == nil || *w.value == 0 {
		return ""
	}
	return strconv.Itoa(*w.value)
}

// Set reads 1000000 or 1e6.
func (w whole) Set(text string) error {
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(value):
		return fmt.Errorf("%q is no number; want one such as 1000000 or 1e6", text)
	case value < 0:
		return fmt.Errorf("%s: %w", text, forecast.ErrClients)
	case value != math.Trunc(value) || value > mostClients:
		return fmt.Errorf("%s: want a whole number of at most %.0e", text, float64(mostClients))
	}
	*w.value = int(value)
	return nil
}

// mostClients is more than any machine has, and what memory bears where each is drawn.
const mostClients = 1e9

type budget struct{ value **forecast.Budget }

func (b budget) String() string {
	if b.value == nil || *b.value == nil {
		return ""
	}
	return fmt.Sprintf("%g,%g,%g", (*b.value).Ratio, (*b.value).PerSecond, (*b.value).Burst)
}

// Set reads the three arguments of retry.NewBudget.
func (b budget) Set(text string) error {
	parts := strings.Split(text, ",")
	var numbers [3]float64
	if len(parts) != len(numbers) {
		return fmt.Errorf("want ratio,perSecond,burst such as 0.1,10,100")
	}
	for i, part := range parts {
		if err := (decimal{&numbers[i]}).Set(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	*b.value = &forecast.Budget{Ratio: numbers[0], PerSecond: numbers[1], Burst: numbers[2]}
	return forecast.Scenario{Budget: *b.value}.Check()
}
