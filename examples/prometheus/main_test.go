package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestScrape scrapes the metrics over HTTP after one call that succeeds, and one that gives up.
func TestScrape(t *testing.T) {
	metrics, stop, err := setUp()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	server := httptest.NewServer(metrics)
	defer server.Close()

	ctx := retry.With(t.Context(), retry.NoJitter())
	if _, err := (Stock{failing: 0}).CountWithRetry(ctx, "shoes"); err != nil {
		t.Error(err)
	}
	if _, err := (Stock{failing: 1}).CountWithRetry(ctx, "shoes"); err != errBusy {
		t.Errorf("error %v, want %v", err, errBusy)
	}

	families := scrape(t, server.URL)
	for _, test := range []struct {
		name   string
		labels map[string]string
		want   float64
	}{
		{"retrygen_retries_total", map[string]string{"error_type": "*errors.errorString"}, 3},
		{"retrygen_wait_duration_seconds", map[string]string{"error_type": "*errors.errorString"}, 3},
		{"retrygen_outcomes_total", map[string]string{"retrygen_outcome": "succeeded"}, 1},
		{"retrygen_outcomes_total", map[string]string{"retrygen_outcome": "gave_up", "error_type": "*errors.errorString"}, 1},
		{"retrygen_call_duration_seconds", map[string]string{"retrygen_outcome": "succeeded"}, 1},
	} {
		test.labels["retrygen_task_name"] = "github.com/retrygen/retrygen/examples/prometheus.Stock.Count"
		if got := value(families[test.name], test.labels); got != test.want {
			t.Errorf("%s of %v is %v, want %v", test.name, test.labels, got, test.want)
		}
	}
}

// scrape gets the metrics and parses them, as Prometheus does.
func scrape(t *testing.T, url string) map[string]*dto.MetricFamily {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// value returns a counter, or how often a histogram was measured, for the metric with the labels.
func value(family *dto.MetricFamily, labels map[string]string) float64 {
	for _, m := range family.GetMetric() {
		found := 0
		for _, l := range m.GetLabel() {
			if want, ok := labels[l.GetName()]; ok && want == l.GetValue() {
				found++
			}
		}
		if found == len(labels) {
			return m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return 0
}
