// Command picture draws what a policy does, for a page that cannot run retrygen:
//
//	go run ./cmd/retrygen/internal/report/picture -o docs/explain.svg
//
// It draws the load through an outage, or with -outage 0 when attempts begin. The drawing is one SVG with colours for
// light and dark.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

func main() {
	out := flag.String("o", "", "write to this `file` rather than to the standard output")
	text := flag.String("policy", "retries=4 delay=exponential(2) jitter=3", "the policy, in `options`")
	s := forecast.Scenario{AttemptTime: 100 * time.Millisecond, Budget: &forecast.Budget{}}
	flag.DurationVar(&s.Outage, "outage", 10*time.Second, "its length; 0 draws when attempts begin")
	flag.IntVar(&s.Clients, "clients", 1e6, "calls that begin with the outage")
	flag.Float64Var(&s.Rate, "rate", 20000, "calls a second all along")
	flag.Float64Var(&s.Capacity, "capacity", 50000, "requests a second that the service answers")
	flag.Float64Var(&s.Budget.Ratio, "budget", 0.1, "retries for each call that a budget allows; 0 for no budget")
	flag.Float64Var(&s.Budget.Burst, "burst", 100000, "retries at once that the budget allows")
	flag.Parse()
	if s.Budget.Ratio == 0 {
		s.Budget = nil
	}
	if err := draw(*out, *text, s); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(2)
	}
}

func draw(out, text string, s forecast.Scenario) error {
	p, problems := policy.Parse(text, 0)
	if len(problems) > 0 {
		return fmt.Errorf("%d: %s", problems[0].Pos, problems[0].Message)
	}
	f, err := forecast.New(context.Background(), p, s)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := report.Picture(&b, report.New(s, []report.Policy{{Text: p.String(), Forecast: f}}, nil)); err != nil {
		return err
	}
	if out == "" {
		_, err = os.Stdout.Write(b.Bytes())
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
