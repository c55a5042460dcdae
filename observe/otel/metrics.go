package retryotel

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"

	"github.com/retrygen/retrygen/runtime/retry"
)

// The attributes.
const (
	taskKey    = attribute.Key("retrygen.task.name")
	outcomeKey = attribute.Key("retrygen.outcome")
	reasonKey  = attribute.Key("retrygen.reason")
	attemptKey = attribute.Key("retrygen.attempt.number")
	waitKey    = attribute.Key("retrygen.wait.duration")
)

// names are the values of an attribute.
type names[T comparable] map[T]string

// name returns the name of a value, and for a value that a newer runtime has what the semantic conventions say.
func (n names[T]) name(value T) string {
	if name, ok := n[value]; ok {
		return name
	}
	return "_OTHER"
}

// outcomes are the values of retrygen.outcome. A retry is no outcome.
var outcomes = names[retry.Decision]{
	retry.DecisionRetry:      "",
	retry.DecisionGaveUp:     "gave_up",
	retry.DecisionRefused:    "refused",
	retry.DecisionRecovered:  "recovered",
	retry.DecisionRemembered: "remembered",
	retry.DecisionSucceeded:  "succeeded",
}

// reasons are the values of retrygen.reason.
var reasons = names[retry.Reason]{
	0:                      "",
	retry.ReasonCanceled:   "canceled",
	retry.ReasonDeadline:   "deadline",
	retry.ReasonWithin:     "within",
	retry.ReasonBudget:     "budget",
	retry.ReasonBody:       "body",
	retry.ReasonCheckpoint: "checkpoint",
	retry.ReasonAttempts:   "attempts",
	retry.ReasonWait:       "wait",
	retry.ReasonGuard:      "guard",
	retry.ReasonEngine:     "engine",
}

// labels are what a measurement is told apart by. Empty texts are left out.
type labels struct{ task, outcome, reason, errorType string }

// attributes returns the labels as attributes.
func (l labels) attributes() []attribute.KeyValue {
	list := []attribute.KeyValue{taskKey.String(l.task)}
	for _, a := range []attribute.KeyValue{
		outcomeKey.String(l.outcome), reasonKey.String(l.reason), semconv.ErrorTypeKey.String(l.errorType),
	} {
		if a.Value.AsString() != "" {
			list = append(list, a)
		}
	}
	return list
}

// measurement is a set of attributes, as counters and histograms take it.
type measurement struct {
	add    []metric.AddOption
	record []metric.RecordOption
}

// metrics are the instruments, and the attributes of measurements so far: with observe each call makes one.
type metrics struct {
	retries, outcomes metric.Int64Counter
	waits, calls      metric.Float64Histogram

	lock  sync.RWMutex
	known map[labels]measurement
}

// knownLimit bounds the memory if something told apart more than it should. The SDK has such a limit, too.
const knownLimit = 2000

// newMetrics makes the instruments.
func newMetrics(meter metric.Meter) (*metrics, error) {
	m := &metrics{known: map[labels]measurement{}}
	var errs [4]error
	m.retries, errs[0] = meter.Int64Counter("retrygen.retries", metric.WithUnit("{retry}"),
		metric.WithDescription("Number of retries."))
	m.waits, errs[1] = meter.Float64Histogram("retrygen.wait.duration", metric.WithUnit("s"),
		metric.WithDescription("Wait before each retry."), metric.WithExplicitBucketBoundaries(buckets...))
	m.outcomes, errs[2] = meter.Int64Counter("retrygen.outcomes", metric.WithUnit("{call}"),
		metric.WithDescription("Number of calls that have ended: those with a failed attempt, and all calls of tasks with observe."))
	m.calls, errs[3] = meter.Float64Histogram("retrygen.call.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of calls, with all attempts and waits."), metric.WithExplicitBucketBoundaries(buckets...))
	return m, errors.Join(errs[:]...)
}

// buckets are boundaries in seconds: those of the semantic conventions for HTTP, and longer ones for waits.
var buckets = []float64{
	0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900, 3600,
}

// record measures an event.
func (m *metrics) record(ctx context.Context, e retry.Event, l labels) {
	with := m.measurement(l)
	if e.Decision == retry.DecisionRetry {
		m.retries.Add(ctx, 1, with.add...)
		m.waits.Record(ctx, e.Wait.Seconds(), with.record...)
		return
	}
	m.outcomes.Add(ctx, 1, with.add...)
	if e.Elapsed > 0 || e.Decision == retry.DecisionSucceeded {
		m.calls.Record(ctx, e.Elapsed.Seconds(), with.record...)
	}
}

// measurement returns the attributes of labels, which stay the same for all equal labels.
func (m *metrics) measurement(l labels) measurement {
	m.lock.RLock()
	found, ok := m.known[l]
	m.lock.RUnlock()
	if ok {
		return found
	}
	set := metric.WithAttributeSet(attribute.NewSet(l.attributes()...))
	found = measurement{[]metric.AddOption{set}, []metric.RecordOption{set}}
	m.lock.Lock()
	defer m.lock.Unlock()
	if len(m.known) < knownLimit {
		m.known[l] = found
	}
	return found
}
