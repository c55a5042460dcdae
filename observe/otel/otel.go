// Package retryotel reports retries to OpenTelemetry: a span event for each retry, and metrics. It depends on the API of
// OpenTelemetry alone; the SDK and exporters are the program's.
//
//	import retryotel "github.com/retrygen/retrygen/observe/otel"
//
//	observe, err := retryotel.New()
//	if err != nil {
//		return err
//	}
//	defer retry.Observe(observe)()
//
// # Span events
//
// The span of the context with which a wrapper is called gets an event "retrygen.retry" for each retry, when it has been
// decided and before its wait. It gets an event "retrygen.end" when a call with a failed attempt has ended.
//
// # Metrics
//
//	retrygen.retries        counter, {retry}   retries
//	retrygen.wait.duration  histogram, s       the wait before each retry, as it was decided
//	retrygen.outcomes       counter, {call}    calls that have ended, by outcome
//	retrygen.call.duration  histogram, s       how long calls took, by outcome
//
// Without the option observe, a call that succeeds at once leaves no trace, and costs nothing: outcomes then counts the
// calls with a failed attempt. With observe it counts every call. The duration of a call is known with observe, and for
// calls with a failed attempt if the policy reads a clock for another reason.
//
// # Attributes
//
//	retrygen.task.name       the task's full name
//	retrygen.outcome         succeeded, recovered, remembered, gave_up or refused
//	retrygen.reason          why retries were cut short, such as canceled, deadline or budget
//	error.type               the type of the attempt's error; see WithErrorType
//	retrygen.attempt.number  the attempt that led to the event; on span events alone
//	retrygen.wait.duration   the wait before the next attempt, in seconds; on span events alone
//
// The values on metrics are bounded by the program's text: tasks are functions, and errors are told apart by type. The
// text of an error is reported nowhere, since it may hold anything.
package retryotel

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/retrygen/retrygen/runtime/retry"
)

// scope is the name of the instrumentation.
const scope = "github.com/retrygen/retrygen/observe/otel"

// Option changes what [New] makes.
type Option func(*config)

type config struct {
	meters    metric.MeterProvider
	errorType func(error) string
}

// WithMeterProvider takes the instruments from a provider; without it they come from [otel.GetMeterProvider].
func WithMeterProvider(provider metric.MeterProvider) Option {
	return func(c *config) {
		if provider != nil {
			c.meters = provider
		}
	}
}

// WithErrorType replaces how errors are told apart in the attribute error.type. The function must return few different
// texts, since each of them is a time series. Without it, the type is what a method ErrorType() string in the error's
// tree returns, or the Go type of the error that fmt.Errorf, *url.Error and the marks of package retry wrap.
func WithErrorType(f func(err error) string) Option {
	return func(c *config) {
		if f != nil {
			c.errorType = f
		}
	}
}

// New returns an observer for [retry.Observe], or for [retry.Observer] if only calls below a context are to be reported.
// It is safe for concurrent use. The error is the meter's, if it refuses an instrument.
func New(options ...Option) (func(context.Context, retry.Event), error) {
	c := config{meters: otel.GetMeterProvider(), errorType: errorType}
	for _, o := range options {
		o(&c)
	}
	m, err := newMetrics(c.meters.Meter(scope))
	if err != nil {
		return nil, err
	}
	o := &observer{errorType: c.errorType, metrics: m}
	return o.observe, nil
}

// observer reports events.
type observer struct {
	errorType func(error) string
	metrics   *metrics
}

func (o *observer) observe(ctx context.Context, e retry.Event) {
	l := labels{task: e.Task, outcome: outcomes.name(e.Decision), reason: reasons.name(e.Reason)}
	if e.Err != nil && failed(e.Decision) {
		l.errorType = o.errorType(e.Err)
	}
	o.metrics.record(ctx, e, l)
	addEvent(ctx, e, l)
}

// failed reports whether a decision was about the event's error.
func failed(d retry.Decision) bool {
	return d == retry.DecisionRetry || d == retry.DecisionGaveUp || d == retry.DecisionRefused
}
