// Prometheus serves the retries of a program as metrics of Prometheus: observe/otel reports them to OpenTelemetry, whose
// exporter serves them.
//
//	go run . &
//	curl -s localhost:9464/metrics | grep retrygen
package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	retryotel "github.com/retrygen/retrygen/observe/otel"
	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

var errBusy = errors.New("the stock is busy")

// Stock is asked for what is in store. It fails by chance.
type Stock struct{ failing float64 }

// Count returns how many pieces of an item there are.
//
//retry:task retries=3 delay=exponential(20ms) jitter=1 cap=1s observe
func (s Stock) Count(_ context.Context, item string) (int, error) {
	if rand.Float64() < s.failing {
		return 0, errBusy
	}
	return len(item), nil
}

// setUp reports retries from now on. It returns the handler of the metrics, and a function that ends the reports.
func setUp() (metrics http.Handler, stop func(), err error) {
	registry := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(registry))
	if err != nil {
		return nil, nil, err
	}
	observe, err := retryotel.New(retryotel.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(reader))))
	if err != nil {
		return nil, nil, err
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), retry.Observe(observe), nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	metrics, stop, err := setUp()
	if err != nil {
		return err
	}
	defer stop()
	go count(ctx, Stock{failing: 0.3})

	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	server := &http.Server{Addr: "localhost:9464", Handler: mux, ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Println("metrics are at http://localhost:9464/metrics")
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// count asks for items until ctx is done.
func count(ctx context.Context, stock Stock) {
	for ctx.Err() == nil {
		if _, err := stock.CountWithRetry(ctx, "shoes"); err != nil {
			fmt.Println(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
