package forecast

import "math"

// Failure is what calls meet when attempts fail with some probability, independently of one another.
type Failure struct {
	Share    float64 `json:"share"`    // of attempts that fail
	Success  float64 `json:"success"`  // the share of calls that succeed
	Requests float64 `json:"requests"` // attempts made for each call
	P50      float64 `json:"p50"`      // of the time that a call takes, whether it succeeds or gives up
	P99      float64 `json:"p99"`
	P999     float64 `json:"p999"`
}

// Fail returns what calls meet when attempts fail with probability p. Without "within", n attempts succeed with 1-p^n and
// are (1-p^n)/(1-p) on average, n where p is 1.
func (w *Walk) Fail(p float64) Failure {
	f := Failure{Share: p, Success: 1}
	var ends mixture
	for k, stage := range w.Stages {
		here := math.Pow(p, float64(k))
		f.Requests += here * stage.Begin.Mass()
		f.Success -= here * p * stage.Stop.Mass()
		ends = append(ends,
			part{here * (1 - p), w.spent(k + 1), stage.Begin},
			part{here * p, w.spent(k + 1), stage.Stop})
	}
	f.Success = max(f.Success, 0)
	f.P50, f.P99, f.P999 = Quantile(ends, 0.5), Quantile(ends, 0.99), Quantile(ends, 0.999)
	return f
}

// waits is the distribution of the sum of the waits of a call whose attempts all fail.
func (w *Walk) waits() Distribution {
	var m mixture
	for _, stage := range w.Stages {
		m = append(m, part{1, 0, stage.Stop})
	}
	return m
}

// last is the distribution of the beginning of the last attempt of such a call. It outlives an outage that ends before.
func (w *Walk) last() Distribution {
	var m mixture
	for k, stage := range w.Stages {
		m = append(m, part{1, w.spent(k), stage.Stop})
	}
	return m
}

// Requests returns the average number of attempts of one call if each of at most n fails with probability p:
// (1-p^n)/(1-p), and n where p is 1. Nested layers of n1, n2, … attempts are one of n1·n2·….
func Requests(n int, p float64) float64 {
	if p >= 1 {
		return float64(n)
	}
	return -math.Expm1(float64(n)*math.Log(p)) / (1 - p)
}
