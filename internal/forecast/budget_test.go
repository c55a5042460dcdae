package forecast_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

// The budgets of the table.
var budgets = map[string]struct {
	kind  forecast.BudgetKind
	param float64
}{
	"none":            {forecast.PerRequest, math.Inf(1)},
	"sre10":           {forecast.PerRequest, 0.1},
	"finagle":         {forecast.PerRequest, 0.2},
	"brooker_start":   {forecast.PerRequest, 0.1},
	"brooker_success": {forecast.PerSuccess, 0.1},
	"aws5":            {forecast.AWS, 5},
	"aws14":           {forecast.AWS, 14},
	"grpc10":          {forecast.GRPC, 0.1},
	"grpc100":         {forecast.GRPC, 0.1},
}

// Near the share of failures at which a budget runs dry, chance decides for long: these rows are left out.
func TestSteadyBudgets(t *testing.T) {
	compared := 0
	for _, row := range rows(t, "retry_budget_load.csv") {
		p, n := number(t, row[2]), int(number(t, row[1]))
		if p >= 0.07 && p <= 0.13 {
			continue
		}
		b := budgets[row[0]]
		got := 1 + b.kind.Steady(b.param, n, p)
		compared++
		if !near(got, number(t, row[3]), 0.005) || math.Abs(got-number(t, row[5])) > 0.6e-4 {
			t.Errorf("%s, %d attempts, p = %v: %v requests for each call; drawn %s, by the formula %s", row[0], n, p, got, row[3], row[5])
		}
	}
	if compared < 50 {
		t.Errorf("only %d rows compared", compared)
	}
}

// calls has the runtime's own loop make calls without waits, of which attempts fail with probability p.
func calls(n, retries int, p float64, budget func(call int) *retry.Budget, random *rand.Rand) (requests, successes float64) {
	failed := errors.New("failed")
	for i := range n {
		b := budget(i)
		retryloop.Deposit(b)
		try := func() error {
			requests++
			if random.Float64() < p {
				return failed
			}
			successes++
			return nil
		}
		err := try()
		if err == nil {
			continue
		}
		loop := retryloop.Loop{Retries: retries, Budget: b}
		for loop.Again(err) && loop.Wait(0) {
			err = try()
		}
		loop.End(err)
	}
	return requests / float64(n), successes / float64(n)
}

// A budget of 10 % means 1.1 times the load in an outage, with the runtime's budget as with the formula.
func TestTenPercent(t *testing.T) {
	b := retry.NewBudget(0.1, 0, 100)
	random := rand.New(rand.NewPCG(1, 1))
	for _, p := range []float64{0.2, 0.5, 0.9, 1} {
		got, _ := calls(200_000, 3, p, func(int) *retry.Budget { return b }, random)
		if want := 1 + forecast.PerRequest.Steady(0.1, 4, p); !near(got, want, 0.005) || p == 1 && want != 1.1 {
			t.Errorf("p = %v: %v requests for each call with the runtime's budget, %v by the formula", p, got, want)
		}
	}
}

// The strategies of the table, by the formulas and by the runtime's own loop with its own budgets. There clients begin
// with five tokens; circuit breakers are no part of a policy, and left out. A share that was drawn in n calls is known to
// its standard error, of which three are allowed.
func TestStrategies(t *testing.T) {
	if testing.Short() {
		t.Skip("makes millions of calls")
	}
	random := rand.New(rand.NewPCG(3, 1))
	compared := 0
	for _, row := range rows(t, "sim_retry_strategies.csv") {
		strategy, p, n := row[1], number(t, row[2]), int(number(t, row[3]))
		same := func(what string, got, want, deviation float64) {
			t.Helper()
			if compared++; math.Abs(got-want) > 0.005*want+3*deviation/math.Sqrt(float64(n)) {
				t.Errorf("%v: %s %v, want %v", row, what, got, want)
			}
		}
		retries, budget := 3, func(int) *retry.Budget { return nil }
		switch {
		case strings.HasPrefix(strategy, "breaker"):
			continue
		case strings.HasPrefix(strategy, "adaptive"):
			var clients []*retry.Budget
			for range clientsOf(strategy) {
				clients = append(clients, retry.NewBudget(0.1, 0, 5))
			}
			budget = func(call int) *retry.Budget { return clients[call%len(clients)] }
		case strategy == "no_retries":
			retries = 0
		}
		requests, success := calls(n, retries, p, budget, random)
		spread := math.Sqrt(success * (1 - success))
		same("requests drawn", requests, number(t, row[5]), 2*math.Sqrt(p))
		same("successes drawn", success, number(t, row[4]), 1.5*spread)
		if !strings.HasPrefix(strategy, "adaptive") {
			f := forecast.NewWalk(parse(t, fmt.Sprintf("retries=%d", retries)), 0, 0).Fail(p)
			same("requests by the formula", f.Requests, number(t, row[5]), math.Sqrt(p))
			same("successes by the formula", f.Success, number(t, row[4]), spread)
		}
	}
	if compared < 600 {
		t.Errorf("only %d numbers compared", compared)
	}
}

// clientsOf reads the clients from the name of a strategy.
func clientsOf(strategy string) int {
	for _, n := range []int{1000, 10} {
		if strings.HasSuffix(strategy, fmt.Sprintf("_%dclients", n)) {
			return n
		}
	}
	return 100
}
