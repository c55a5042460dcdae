package retryotel

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"

	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/retrygen/retrygen/runtime/retry"
)

// addEvent adds an event to the current span. A call that succeeds at once adds none.
func addEvent(ctx context.Context, e retry.Event, l labels) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() || e.Decision == retry.DecisionSucceeded {
		return
	}
	attributes := l.attributes()
	if e.Attempt > 0 {
		attributes = append(attributes, attemptKey.Int(e.Attempt))
	}
	name := "retrygen.end"
	if e.Decision == retry.DecisionRetry {
		name = "retrygen.retry"
		attributes = append(attributes, waitKey.Float64(e.Wait.Seconds()))
	}
	span.AddEvent(name, trace.WithAttributes(attributes...))
}

// errorType returns what an error is, as the semantic conventions of error.type say: few values, and never its text.
func errorType(err error) string {
	var named interface {
		error
		ErrorType() string
	}
	if errors.As(err, &named) {
		return semconv.ErrorType(named).Value.AsString()
	}
	for wrappers[reflect.TypeOf(err)] && errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return semconv.ErrorType(err).Value.AsString()
}

// wrappers are the types of errors that say less than what they wrap.
var wrappers = map[reflect.Type]bool{
	reflect.TypeOf(fmt.Errorf("%w", errors.ErrUnsupported)): true,
	reflect.TypeOf(&url.Error{}):                            true,
	reflect.TypeOf(retry.Permanent(errors.ErrUnsupported)):  true,
	reflect.TypeOf(retry.After(errors.ErrUnsupported, 1)):   true,
}
