package retryotel_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	retryotel "github.com/retrygen/retrygen/observe/otel"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retrytest"
)

// errBusy has a text that must not be reported.
var errBusy = errors.New("card 4711 is busy")

// telemetry is what a program sets up.
type telemetry struct {
	testing.TB
	reader *metric.ManualReader
	spans  *tracetest.InMemoryExporter
	tracer *sdktrace.TracerProvider
	option retry.Option
}

func newTelemetry(t testing.TB, options ...retryotel.Option) *telemetry {
	t.Helper()
	reader, spans := metric.NewManualReader(), tracetest.NewInMemoryExporter()
	options = append(options, retryotel.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(reader))))
	observe, err := retryotel.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	return &telemetry{t, reader, spans, sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)), retry.Observer(observe)}
}

// call calls f with a context that has a span and the observer.
func (t *telemetry) call(f func(context.Context) error) error {
	ctx, span := t.tracer.Tracer("test").Start(context.Background(), "call")
	defer span.End()
	return f(retry.With(ctx, t.option, retry.NoJitter()))
}

// metrics returns all measurements, one a line and sorted.
func (t *telemetry) metrics() []string {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := t.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			lines = append(lines, points(m)...)
		}
	}
	slices.Sort(lines)
	return lines
}

func points(m metricdata.Metrics) []string {
	var lines []string
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			lines = append(lines, fmt.Sprintf("%s %s%s = %d", m.Name, m.Unit, text(p.Attributes.ToSlice()), p.Value))
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			line := fmt.Sprintf("%s %s%s n=%d", m.Name, m.Unit, text(p.Attributes.ToSlice()), p.Count)
			if m.Name == "retrygen.wait.duration" {
				line += fmt.Sprintf(" sum=%g", p.Sum)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// events returns the events of all spans, one a line.
func (t *telemetry) events() []string {
	var lines []string
	for _, span := range t.spans.GetSpans() {
		for _, e := range span.Events {
			lines = append(lines, e.Name+text(e.Attributes))
		}
	}
	return lines
}

// text prints attributes; the task without its path.
func text(attributes []attribute.KeyValue) string {
	var b strings.Builder
	for _, a := range attributes {
		value := a.Value.Emit()
		fmt.Fprintf(&b, " %s=%s", strings.TrimPrefix(string(a.Key), "retrygen."), value[strings.LastIndexByte(value, '/')+1:])
	}
	return b.String()
}

// TestReport makes one call and reads what is reported of it.
func TestReport(t *testing.T) {
	for _, test := range []struct {
		name            string
		call            func(context.Context) error
		metrics, events string
	}{
		{
			name: "succeeds at once, without observe",
			call: func(ctx context.Context) error { return shop{retrytest.FailWith()}.lookWithRetry(ctx) },
		},
		{
			name: "succeeds at once",
			call: func(ctx context.Context) error { return shop{retrytest.FailWith()}.buyWithRetry(ctx) },
			metrics: `
retrygen.call.duration s outcome=succeeded task.name=otel_test.shop.buy n=1
retrygen.outcomes {call} outcome=succeeded task.name=otel_test.shop.buy = 1`,
		},
		{
			name: "recovers",
			call: func(ctx context.Context) error { return shop{retrytest.FailFirst(2, errBusy)}.buyWithRetry(ctx) },
			metrics: `
retrygen.call.duration s outcome=recovered task.name=otel_test.shop.buy n=1
retrygen.outcomes {call} outcome=recovered task.name=otel_test.shop.buy = 1
retrygen.retries {retry} error.type=*errors.errorString task.name=otel_test.shop.buy = 2
retrygen.wait.duration s error.type=*errors.errorString task.name=otel_test.shop.buy n=2 sum=0.03`,
			events: `
retrygen.retry task.name=otel_test.shop.buy error.type=*errors.errorString attempt.number=1 wait.duration=0.01
retrygen.retry task.name=otel_test.shop.buy error.type=*errors.errorString attempt.number=2 wait.duration=0.02
retrygen.end task.name=otel_test.shop.buy outcome=recovered attempt.number=3`,
		},
		{
			name: "gives up, without observe",
			call: func(ctx context.Context) error { return shop{retrytest.FailAlways(errBusy)}.lookWithRetry(ctx) },
			metrics: `
retrygen.outcomes {call} error.type=*errors.errorString outcome=gave_up task.name=otel_test.shop.look = 1
retrygen.retries {retry} error.type=*errors.errorString task.name=otel_test.shop.look = 2
retrygen.wait.duration s error.type=*errors.errorString task.name=otel_test.shop.look n=2 sum=0.03`,
			events: `
retrygen.retry task.name=otel_test.shop.look error.type=*errors.errorString attempt.number=1 wait.duration=0.01
retrygen.retry task.name=otel_test.shop.look error.type=*errors.errorString attempt.number=2 wait.duration=0.02
retrygen.end task.name=otel_test.shop.look outcome=gave_up error.type=*errors.errorString attempt.number=3`,
		},
		{
			name: "is refused",
			call: func(ctx context.Context) error {
				return shop{retrytest.FailAlways(retry.Permanent(errBusy))}.lookWithRetry(ctx)
			},
			metrics: `
retrygen.outcomes {call} error.type=*errors.errorString outcome=refused task.name=otel_test.shop.look = 1`,
			events: `
retrygen.end task.name=otel_test.shop.look outcome=refused error.type=*errors.errorString attempt.number=1`,
		},
		{
			name: "is cancelled",
			call: func(ctx context.Context) error {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return shop{retrytest.FailAlways(errBusy)}.lookWithRetry(ctx)
			},
			metrics: `
retrygen.outcomes {call} error.type=*errors.errorString outcome=gave_up reason=canceled task.name=otel_test.shop.look = 1`,
			events: `
retrygen.end task.name=otel_test.shop.look outcome=gave_up reason=canceled error.type=*errors.errorString attempt.number=1`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			told := newTelemetry(t)
			_ = told.call(test.call)
			compare(t, "metrics", told.metrics(), test.metrics)
			compare(t, "events", told.events(), test.events)
		})
	}
}

func compare(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if got := strings.Join(got, "\n"); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

// named is an error that says its type.
type named struct{ error }

func (named) ErrorType() string { return "busy" }

// TestErrorType retries errors of several types: their number is small, and their text does not count.
func TestErrorType(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("refused")}
	for _, test := range []struct {
		err  error
		want string
	}{
		{errBusy, "*errors.errorString"},
		{fmt.Errorf("buy: %w", fmt.Errorf("card: %w", refused)), "*net.OpError"},
		{&url.Error{Op: "Get", URL: "http://a", Err: refused}, "*net.OpError"},
		{&url.Error{Op: "Get", URL: "http://a"}, "*url.Error"},
		{retry.Permanent(refused), "*net.OpError"},
		{retry.After(refused, time.Hour), "*net.OpError"},
		{context.DeadlineExceeded, "context.deadlineExceededError"},
		{errors.Join(errBusy, refused), "*errors.joinError"},
		{fmt.Errorf("buy: %w", named{errBusy}), "busy"},
	} {
		told := newTelemetry(t)
		_ = told.call(func(ctx context.Context) error {
			return shop{retrytest.FailAlways(test.err)}.lookWithRetry(retry.With(ctx, retry.Retries(0)))
		})
		if got := strings.Join(told.events(), "\n"); !strings.Contains(got, " error.type="+test.want+" ") {
			t.Errorf("%v is reported as %q, want the type %s", test.err, got, test.want)
		}
	}
}

// TestWithErrorType tells errors apart as the program says.
func TestWithErrorType(t *testing.T) {
	told := newTelemetry(t, retryotel.WithErrorType(func(error) string { return "card" }), retryotel.WithErrorType(nil))
	_ = told.call(shop{retrytest.FailAlways(retry.Permanent(errBusy))}.lookWithRetry)
	compare(t, "metrics", told.metrics(), `retrygen.outcomes {call} error.type=card outcome=refused task.name=otel_test.shop.look = 1`)
}

// TestCosts calls a task that succeeds at once, with an observer for the whole process: without observe it costs nothing.
func TestCosts(t *testing.T) {
	observe, err := retryotel.New()
	if err != nil {
		t.Fatal(err)
	}
	defer retry.Observe(observe)()
	ctx, s := context.Background(), shop{retrytest.FailWith()}
	if n := testing.AllocsPerRun(100, func() { _ = s.lookWithRetry(ctx) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkObserve(b *testing.B) {
	told := newTelemetry(b)
	ctx, s := retry.With(context.Background(), told.option), shop{retrytest.FailWith()}
	b.ReportAllocs()
	for b.Loop() {
		_ = s.buyWithRetry(ctx)
	}
}
