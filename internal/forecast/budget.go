package forecast

// Budget is a token bucket that retries share, as retry.NewBudget makes it: each call deposits Ratio tokens and each
// second PerSecond, up to Burst; a retry takes one.
type Budget struct {
	Ratio     float64 `json:"ratio"`
	PerSecond float64 `json:"perSecond"`
	Burst     float64 `json:"burst"`
}

// BudgetKind is a rule by which budgets are filled. This module's budgets are of the first kind; the others are what
// else is in use, to compare with.
type BudgetKind int

// The kinds of budget, with b or c for their parameter.
const (
	PerRequest BudgetKind = iota // each first attempt deposits b
	PerSuccess                   // each success deposits b
	AWS                          // a success on the first attempt deposits 1, a retry costs c
	GRPC                         // each success deposits b, each failure takes 1, retries stop below half
)

// Steady returns the retries for each first attempt that a budget allows in the long run, where calls of at most n attempts
// fail with probability p an attempt. Without a budget they are R0 = p + p² + … + p^(n-1); per request min(R0, b); per
// success min(R0, b(1-p)/(1-b(1-p))); by the rule of the AWS SDKs min(R0, (1-p)/(c·p)); by that of gRPC R0 while
// successes refill what failures take, and then none.
func (kind BudgetKind) Steady(b float64, n int, p float64) float64 {
	free := Requests(n, p) - 1
	switch kind {
	case PerSuccess:
		earned := b * (1 - p)
		if earned >= 1 {
			return free
		}
		return min(free, earned/(1-earned))
	case AWS:
		if p == 0 {
			return free
		}
		return min(free, (1-p)/(b*p))
	case GRPC:
		if p > b/(1+b) {
			return 0
		}
		return free
	}
	return min(free, b)
}

// requests returns the attempts for each call that this budget leaves, in the long run, of those that are wanted, at a
// rate of calls a second.
func (b *Budget) requests(wanted, rate float64) float64 {
	switch {
	case b == nil:
		return wanted
	case b.Burst < 1:
		return 1
	}
	return min(wanted, 1+b.Ratio+b.PerSecond/rate)
}
