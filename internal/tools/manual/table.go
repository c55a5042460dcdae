package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
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
	head := []string{"policy", "attempts", "waits, mean", "at worst", "outage that 99 % survive", "50 %", "busiest second"}
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
			busiest = units.Percent(f.Herd.All.Busiest1s)
		}
		waits := []string{units.Duration(v.MeanWait), units.Duration(v.WorstWait)}
		return append(append(cells, waits...), units.Duration(v.Outlive99), units.Duration(v.Outlive50), busiest)
	}
	drain := "not in sight"
	if f.Outage.Drain >= 0 {
		drain = units.Duration(f.Outage.Drain)
	}
	return append(cells, units.Number(f.Outage.Peak)+"×", units.Percent(f.Outage.GaveUp), units.Number(f.Outage.Requests), drain)
}
