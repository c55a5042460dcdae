package behavior

import "net/http"

// Web calls servers.
type Web struct {
	client   *http.Client
	attempts int
}

// Send returns responses whose bodies are read after it has returned.
//
//retry:task retries=3 delay=10ms timeout=1m if=github.com/retrygen/retrygen/runtime/retryhttp.Transient
func (w *Web) Send(req *http.Request) (*http.Response, error) { return w.client.Do(req) }
