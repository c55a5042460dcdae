// Quickstart calls a local HTTP server that fails a few times, through a wrapper that retrygen wrote, and shows each
// retry as it happens:
//
//	go generate ./examples/quickstart && go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

func main() {
	base, stop, err := serve()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer stop()
	defer retry.Observe(show)()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, symbol := range []string{"GOLD", "SILVER", "SECRET", "UNOBTAINIUM"} {
		fmt.Printf("%s:\n", symbol)
		price, err := FetchPriceWithRetry(ctx, base+"/"+symbol)
		if err != nil {
			fmt.Printf("  failed: %v\n", err)
			continue
		}
		fmt.Printf("  price %.2f\n", price)
	}
}

// show prints what a wrapper decided.
func show(_ context.Context, e retry.Event) {
	switch e.Decision {
	case retry.DecisionRetry:
		fmt.Printf("  attempt %d: %v; again in %v\n", e.Attempt, e.Err, e.Wait.Round(time.Millisecond))
	case retry.DecisionRecovered:
		fmt.Printf("  attempt %d: succeeded\n", e.Attempt)
	default:
		fmt.Printf("  attempt %d: %v; %v\n", e.Attempt, e.Err, e.Decision)
	}
}

// serve starts the server: the first answers for GOLD and SILVER are failures, SECRET needs a login, and nobody has
// heard of anything else.
func serve() (base string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	var lock sync.Mutex // each request has a goroutine of its own
	failures := map[string]int{"/GOLD": 2, "/SILVER": 1}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		left, known := failures[r.URL.Path]
		switch {
		case r.URL.Path == "/SECRET":
			w.WriteHeader(http.StatusUnauthorized)
		case !known:
			w.WriteHeader(http.StatusNotFound)
		case left > 0:
			failures[r.URL.Path]--
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			fmt.Fprint(w, "42.17")
		}
	})
	server := &http.Server{Handler: mux}
	go server.Serve(listener)
	return "http://" + listener.Addr().String(), func() { server.Close() }, nil
}
