package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// table explains several policies under one scenario, a line for each, by the JSON of the command.
func (m *manual) table(args []string, policies string) (string, error) {
	var rows [][]string
	outage := slices.Contains(args, "-outage")
	for text := range strings.SplitSeq(policies, ";") {
		text = strings.TrimSpace(text)
		out, err := m.explain(append([]string{"-json", "-policy", text}, args...)...)
		if err != nil {
			return "", err
		}
		var decoded struct {
			Policies []struct{ Forecast forecast.Forecast }
		}
		if err := json.Unmarshal(out, &decoded); err != nil {
			return "", err
		}
		rows = append(rows, row(text, decoded.Policies[0].Forecast, outage))
	}
	head := []string{"policy", "attempts", "waits, mean", "at worst", "outage that 99 % outlive", "50 %", "busiest second"}
	if outage {
		head = []string{"policy", "attempts", "peak load", "give up", "requests a call", "drained after"}
	}
	var b strings.Builder
	for _, cells := range append([][]string{head, slices.Repeat([]string{"---"}, len(head))}, rows...) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.String(), nil
}

func row(text string, f forecast.Forecast, outage bool) []string {
	v := f.Verdict
	cells := []string{"`" + text + "`", strconv.Itoa(v.Attempts)}
	if !outage {
		busiest := "–"
		if f.Herd != nil {
			busiest = share(f.Herd.All.Busiest1s)
		}
		return append(cells, seconds(v.MeanWait), seconds(v.WorstWait), seconds(v.Outlive99), seconds(v.Outlive50), busiest)
	}
	drain := "not in sight"
	if f.Outage.Drain >= 0 {
		drain = seconds(f.Outage.Drain)
	}
	return append(cells, figures(f.Outage.Peak)+" ×", share(f.Outage.GaveUp), figures(f.Outage.Requests), drain)
}

// figures writes a number with three digits that count.
func figures(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := max(2-int(math.Floor(math.Log10(math.Abs(x)))), 0)
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func share(x float64) string { return figures(100*x) + " %" }

func seconds(x float64) string {
	d := time.Duration(x * 1e9)
	switch {
	case d >= time.Minute:
		d = d.Round(time.Second)
	case d >= 10*time.Second:
		d = d.Round(100 * time.Millisecond)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	default:
		d = d.Round(time.Millisecond)
	}
	return policy.Spell(d)
}
