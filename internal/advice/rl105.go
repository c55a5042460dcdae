package advice

import "github.com/retrygen/retrygen/internal/policy"

const usualDelay = "delay=exponential(1) jitter=1"

// atOnce finds retries without a wait.
func atOnce(s Subject) []Remark {
	retries, delay := s.Policy.Retries, s.Policy.Delay
	n, known := s.Policy.MaxRetries()
	if !retries.IsSet() || known && n == 0 || s.Waits {
		return nil
	}
	at := func(pos int, fix Fix) []Remark {
		return []Remark{remark(pos, fix, "%s is retried at once, while the cause of the failure is likely still there; add a delay, such as %s",
			s.call(), usualDelay)}
	}
	switch {
	case delay.State == policy.Absent && s.whole():
		return at(retries.Pos, add(retries.Pos, "retries=", usualDelay))
	case s.Policy.NeverWaits():
		return at(delay.Pos, instead(delay.Pos, "delay=", usualDelay))
	}
	return nil
}
