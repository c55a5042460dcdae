package retryhttp

import (
	"net/http"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/runtime/retryloop"
	"github.com/retrygen/retrygen/runtime/retryloop/loophttp"
)

// Transport is an [http.RoundTripper] that retries. The zero Transport is ready to use, and gives retries to a client and
// to every library that takes one:
//
//	client := &http.Client{Transport: &retryhttp.Transport{}}
//
// It makes at most 5 attempts, with waits of about 200ms, 400ms, 800ms and 1.6s between them, and retries what
// [IdempotentRequest] says: a POST only if it has an Idempotency-Key or the server has not processed it. It waits as long
// as a Retry-After header asks, if that is at most 30s. [Transport.Policy] replaces these numbers. [retry.With],
// [retry.Override] and [retry.OverridePolicies] change them for the task "retryhttp.Transport.RoundTrip"; events and
// errors have this name, too.
//
// Each attempt sends a request of its own. A body is sent again if the request has a GetBody, as those of
// [http.NewRequest] with a *bytes.Buffer, a *bytes.Reader or a *strings.Reader have. A response that is retried is drained
// and closed, for at most 50 ms. The body of the response that is returned is read by the caller: if the connection breaks
// meanwhile, nothing is retried. A Timeout of the client includes all attempts and waits, and each redirect is a request
// with attempts of its own.
//
// As a RoundTripper has to, it returns a response without an error whenever the last attempt has got one, also if the
// retries were cut short: observers are told why. If the last attempt has failed and the retries were cut short, or if the
// request is cancelled in a wait, the error is a [*retry.Error].
//
// A Transport is safe for concurrent use. Its fields must not change once it is used.
type Transport struct {
	// Base makes the attempts. If it is nil, [http.DefaultTransport] does. An http.Transport itself repeats an idempotent
	// request without a wait if a connection that it has used before turns out to be closed.
	Base http.RoundTripper

	// Policy replaces the numbers that it says, such as retry.MustParsePolicy("retries=2 timeout=5s"): retries, delay,
	// jitter, cap, timeout, within and reset. A timeout is for one attempt, until its response's header has come.
	Policy retry.Policy

	// If decides about another attempt after each one, also after those that succeed, and may ask for a wait. If
	// it is nil, [IdempotentRequest] does. It may read the response's body, up to 1 MiB; the caller can read it again.
	If func(req *http.Request, resp *http.Response, err error) (wait time.Duration, again bool)

	// Budget limits the retries of all requests together. It may be shared with other transports and tasks.
	Budget *retry.Budget
}

const transportTask = "github.com/retrygen/retrygen/runtime/retryhttp.Transport.RoundTrip"

// RoundTrip sends a request, and sends it again while it is to be retried.
func (t *Transport) RoundTrip(given *http.Request) (*http.Response, error) {
	retryloop.Deposit(t.Budget)
	var limits retryloop.Limits
	limits.Read(transportTask, t.Policy)
	req := loophttp.Own(given)
	resp, err := t.attempt(req, limits.Timeout)
	loop := retryloop.Loop{
		Context: loophttp.Context(given),
		Task:    transportTask,
		Retries: 4,
		Cap:     30 * time.Second,
		Within:  limits.Within,
		Reset:   limits.Reset,
		Started: limits.Started,
		Budget:  t.Budget,
		Policy:  t.Policy,
	}
	for loop.Left(err) && t.again(&loop, given, resp, err) && loop.Fits(loop.Poisson(loop.Exponential(200*time.Millisecond, 2), 1)) &&
		loophttp.Rewind(&loop, given, &req) && loop.Take() {
		loophttp.Discard(&loop, resp)
		resp = nil
		if !loop.Sleep() {
			break
		}
		resp, err = t.attempt(req, limits.Timeout)
	}
	end := loop.End(err)
	if resp != nil && err == nil {
		return resp, nil
	}
	return resp, end
}

// attempt makes one attempt, which is given a timeout, none if it is 0 or less. The context of the response ends when its
// body is closed.
func (t *Transport) attempt(req *http.Request, timeout time.Duration) (*http.Response, error) {
	if timeout <= 0 {
		return t.base().RoundTrip(req)
	}
	attempt := retryloop.WithTimeout(loophttp.Context(req), timeout)
	defer attempt.Release()
	resp, err := t.base().RoundTrip(loophttp.WithContext(attempt, req))
	loophttp.Hold(attempt, resp)
	return resp, err
}

// again asks whether to retry and notes the wait that is asked for.
func (t *Transport) again(loop *retryloop.Loop, req *http.Request, resp *http.Response, err error) bool {
	wait, again := time.Duration(0), false
	if t.If == nil {
		wait, again = IdempotentRequest(req, resp, err)
	} else {
		kept := loophttp.Keep(resp)
		wait, again = t.If(req, resp, err)
		kept.GiveBack()
	}
	loop.Ask(wait)
	return again
}

// CloseIdleConnections closes the idle connections of the base, so that [http.Client.CloseIdleConnections] works.
func (t *Transport) CloseIdleConnections() {
	if base, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}
