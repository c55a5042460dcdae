package retryloop

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// If neither a directive nor its package says how often or when to retry, the environment may:
//
//	RETRY_TASK_DEFAULT_RETRIES=2
//	RETRY_TASK_DEFAULT_DELAY=1,10,100
//
// and RETRY_FLOW_DEFAULT_RETRIES and RETRY_FLOW_DEFAULT_DELAY for flows. Each is read once, when the program first
// needs it. A value that cannot be parsed is reported through slog and counts as absent.
var (
	taskRetries = sync.OnceValue(func() int { return envRetries("RETRY_TASK_DEFAULT_RETRIES") })
	flowRetries = sync.OnceValue(func() int { return envRetries("RETRY_FLOW_DEFAULT_RETRIES") })
	taskDelays  = sync.OnceValue(func() []time.Duration { return envDelays("RETRY_TASK_DEFAULT_DELAY") })
	flowDelays  = sync.OnceValue(func() []time.Duration { return envDelays("RETRY_FLOW_DEFAULT_DELAY") })
)

// endless is the number of retries of an environment variable that sets no limit.
const endless = math.MaxInt

// TaskRetries returns the number of retries in RETRY_TASK_DEFAULT_RETRIES, 0 if it is not set.
func TaskRetries() int { return taskRetries() }

// FlowRetries returns the number of retries in RETRY_FLOW_DEFAULT_RETRIES, 0 if it is not set.
func FlowRetries() int { return flowRetries() }

// TaskDelay returns the wait before a retry, counted from 1, by RETRY_TASK_DEFAULT_DELAY, 0 if it is not set.
func TaskDelay(n int) time.Duration { return retry.List(n, taskDelays()...) }

// FlowDelay returns the wait before a retry, counted from 1, by RETRY_FLOW_DEFAULT_DELAY, 0 if it is not set.
func FlowDelay(n int) time.Duration { return retry.List(n, flowDelays()...) }

func envRetries(name string) int {
	text := strings.TrimSpace(os.Getenv(name))
	switch {
	case text == "":
		return 0
	case text == "unlimited":
		return endless
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || text[0] < '0' || text[0] > '9' {
		reportEnv(name, text, errors.New("want 0, 1, 2, … or unlimited"))
		return 0
	}
	return int(n)
}

func envDelays(name string) []time.Duration {
	text := strings.TrimSpace(os.Getenv(name))
	if text == "" {
		return nil
	}
	inner := text
	if rest, ok := strings.CutPrefix(text, "["); ok {
		inner, ok = strings.CutSuffix(rest, "]")
		if !ok {
			reportEnv(name, text, errors.New("the bracket is not closed"))
			return nil
		}
	}
	var delays []time.Duration
	for _, entry := range strings.Split(inner, ",") {
		d, err := retry.ParseDuration(strings.TrimSpace(entry))
		if err != nil {
			reportEnv(name, text, err)
			return nil
		}
		delays = append(delays, d)
	}
	return delays
}

func reportEnv(name, text string, err error) {
	slog.Warn("retry: the environment variable cannot be parsed and is ignored", "name", name, "value", text, "error", err)
}
