package behavior

import "net/http"

// Orders takes orders.
type Orders struct{ client *http.Client }

// Send sends requests of any method.
//
//retry:task retries=3 delay=1ms if=github.com/retrygen/retrygen/runtime/retryhttp.Idempotent
func (o Orders) Send(req *http.Request) (*http.Response, error) { return o.client.Do(req) }
