package temporal

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/runtime/remote"
)

// attemptOf is an attempt as the server asks a worker for it.
type attemptOf struct {
	task      remote.Task
	arguments string
	number    int           // 1 if it is 0
	began     time.Duration // how long ago the call began
	limit     time.Duration // of the whole call
	past      memory        // from the attempt before
	worker    context.Context
}

// told is what the worker tells the server.
type told struct {
	results string
	err     *temporal.ApplicationError // nil if the attempt has succeeded
	kept    *memory                    // the latest details of heartbeats; nil if there are none
	raw     error
}

// serve makes an attempt by the SDK's environment for tests.
func (a attemptOf) serve(t *testing.T) (answer told) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{
		BackgroundActivityContext: a.worker,
		Interceptors:              []interceptor.WorkerInterceptor{&seen{attempt: a, told: &answer}},
	})
	env.SetTestTimeout(10 * time.Second)
	if !a.past.empty() {
		env.SetHeartbeatDetails(a.past)
	}
	Register(env, a.task)
	value, err := env.ExecuteActivity(a.task.Name, raw([]byte(a.arguments)), call{Run: "run", Key: "01", Queue: "queue"})
	answer.raw = err
	if err != nil {
		if answer.err, _ = errors.AsType[*temporal.ApplicationError](err); answer.err == nil {
			t.Logf("no error of an application: %v", err)
		}
		return answer
	}
	var result converter.RawValue
	if err := value.Get(&result); err != nil {
		t.Fatal(err)
	}
	answer.results = string(result.Payload().GetData())
	return answer
}

// seen lets the environment see an attempt that is not the first, and keeps its heartbeats.
type seen struct {
	interceptor.WorkerInterceptorBase
	interceptor.ActivityInboundInterceptorBase
	attempt attemptOf
	told    *told
}

func (s *seen) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	s.ActivityInboundInterceptorBase.Next = next
	return s
}

func (s *seen) Init(out interceptor.ActivityOutboundInterceptor) error {
	return s.ActivityInboundInterceptorBase.Next.Init(&outbound{
		ActivityOutboundInterceptorBase: interceptor.ActivityOutboundInterceptorBase{Next: out}, seen: s,
	})
}

type outbound struct {
	interceptor.ActivityOutboundInterceptorBase
	seen *seen
}

func (o *outbound) GetInfo(ctx context.Context) activity.Info {
	info, a := o.Next.GetInfo(ctx), o.seen.attempt
	info.Attempt = int32(max(a.number, 1))
	info.StartedTime = time.Now()
	info.ScheduledTime = info.StartedTime.Add(-a.began)
	info.ScheduleToCloseTimeout = a.limit
	return info
}

func (o *outbound) RecordHeartbeat(ctx context.Context, details ...any) {
	if len(details) > 0 {
		kept := details[0].(memory)
		o.seen.told.kept = &kept
	}
	o.Next.RecordHeartbeat(ctx, details...)
}
