package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/retrygen/retrygen/runtime/retry"
)

// attempts counts the attempts of a call that fails.
func attempts(s *settings, call func(*client, context.Context, string) error) (n int) {
	c := &client{prices: &s.prices, ask: func(context.Context, string) error { n++; return errBusy }}
	_ = call(c, context.Background(), "tea")
	return n
}

// TestReload changes the file while the program runs.
func TestReload(t *testing.T) {
	defer retry.OverridePolicies(nil)
	s := &settings{path: filepath.Join(t.TempDir(), "app.yaml")}
	for _, step := range []struct {
		name, file   string
		given        string
		price, stock int
		mistake      string
	}{
		{"the file", "retry: attempts=4 delay=1ms", "", 4, 6, ""},
		{"another policy", "retry: retries=1", "", 2, 6, ""},
		{"an override", "retry: retries=1\noverrides: {config.client.stock: retries=0}", "", 2, 1, ""},
		{"a mistake", "retry: retries=x", "", 2, 1, `column 1: retries=x: want 0, 1, 2, … or unlimited`},
		{"without the override", "retry: retries=1", "", 2, 6, ""},
		{"a flag", "retry: retries=1", "retries=7", 8, 6, ""},
		{"no policy", "overrides: {}", "", 1, 6, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if err := os.WriteFile(s.path, []byte(step.file), 0o600); err != nil {
					t.Fatal(err)
				}
				s.given = retry.MustParsePolicy(step.given)
				err := s.reload()
				if (err != nil) != (step.mistake != "") || err != nil && !strings.Contains(err.Error(), step.mistake) {
					t.Errorf("error %v, want %q", err, step.mistake)
				}
				price, stock := attempts(s, (*client).priceWithRetry), attempts(s, (*client).stockWithRetry)
				if price != step.price || stock != step.stock {
					t.Errorf("%d and %d attempts, want %d and %d", price, stock, step.price, step.stock)
				}
			})
		})
	}
}

// TestFile reads the file beside the program.
func TestFile(t *testing.T) {
	c, err := load("app.yaml")
	if err != nil || c.Retry.IsZero() || len(c.Overrides) != 1 {
		t.Errorf("%+v, error %v", c, err)
	}
}
