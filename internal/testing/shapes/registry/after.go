package registry

import (
	"net/http"
	"time"
)

// send sends a request once. The wrapper's name makes the transport a http.RoundTripper.
//
// A wait that the registry asks for is never shortened, but may be up to a tenth longer. So that a longer one than the options
// allow does not end the call, again asks for the longest wait instead. Jitter draws from an interval around a wait that the
// options have limited already, so that the longest waits vary, too: TestLongestWait shows the difference.
//
//retry:task retries=.options.Retries delay=exponential(.options.First,base=.options.Factor) as=RoundTrip
//retry:task jitter=.percent% cap=.options.Most if=.again(req,resp,err)
func (t *Transport) send(req *http.Request) (resp *http.Response, err error) {
	return t.base.RoundTrip(req)
}

// percent returns the jitter in percent, as the directive reads it.
func (t *Transport) percent() float64 { return 100 * t.options.Jitter }

// again says whether to send a request again, and which wait the response asks for.
func (t *Transport) again(req *http.Request, resp *http.Response, err error) (time.Duration, bool) {
	return min(asked(resp), t.options.Most), worthRetrying(req, resp, err)
}
