package retryloop_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

// TestMain prints the environment's defaults, twice, where a test runs this binary as a program of its own: they are
// read once per process.
func TestMain(m *testing.M) {
	if os.Getenv("RETRY_TEST_PRINT") == "" {
		os.Exit(m.Run())
	}
	for range 2 {
		os.Stdout.WriteString(strings.Join([]string{
			number(retryloop.TaskRetries()), retryloop.TaskDelay(1).String(), retryloop.TaskDelay(2).String(), retryloop.TaskDelay(9).String(),
			number(retryloop.FlowRetries()), retryloop.FlowDelay(1).String(),
		}, " ") + "\n")
	}
}

func number(n int) string { return time.Duration(n).String() }

func TestEnvironment(t *testing.T) {
	tests := []struct {
		name     string
		env      []string
		want     string // task retries, its waits 1, 2 and 9, flow retries, its wait 1
		reported []string
	}{
		{"absent", nil, "0s 0s 0s 0s 0s 0s", nil},
		{"empty", []string{"RETRY_TASK_DEFAULT_RETRIES=", "RETRY_TASK_DEFAULT_DELAY="}, "0s 0s 0s 0s 0s 0s", nil},
		{"numbers are seconds", []string{"RETRY_TASK_DEFAULT_RETRIES=2", "RETRY_TASK_DEFAULT_DELAY=2.5"}, "2ns 2.5s 2.5s 2.5s 0s 0s", nil},
		{"a list", []string{"RETRY_TASK_DEFAULT_DELAY=1,10,100"}, "0s 1s 10s 1m40s 0s 0s", nil},
		{"a list in brackets", []string{"RETRY_TASK_DEFAULT_DELAY=[250ms, 1m]"}, "0s 250ms 1m0s 1m0s 0s 0s", nil},
		{"flows have their own", []string{"RETRY_FLOW_DEFAULT_RETRIES=3", "RETRY_FLOW_DEFAULT_DELAY=1h"}, "0s 0s 0s 0s 3ns 1h0m0s", nil},
		{"unlimited", []string{"RETRY_TASK_DEFAULT_RETRIES=unlimited"}, "2562047h47m16.854775807s 0s 0s 0s 0s 0s", nil},
		{"a bad number", []string{"RETRY_TASK_DEFAULT_RETRIES=-2"}, "0s 0s 0s 0s 0s 0s", []string{"RETRY_TASK_DEFAULT_RETRIES", "-2"}},
		{"a bad list", []string{"RETRY_TASK_DEFAULT_DELAY=1,x"}, "0s 0s 0s 0s 0s 0s", []string{"RETRY_TASK_DEFAULT_DELAY", "1,x"}},
		{"an open bracket", []string{"RETRY_FLOW_DEFAULT_DELAY=[1,2"}, "0s 0s 0s 0s 0s 0s", []string{"RETRY_FLOW_DEFAULT_DELAY", "[1,2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), append(test.env, "RETRY_TEST_PRINT=1")...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err, stderr.String())
			}
			if want := strings.Repeat(test.want+"\n", 2); string(out) != want {
				t.Errorf("got  %q\nwant %q", out, want)
			}
			if test.reported == nil && stderr.Len() > 0 {
				t.Errorf("reported: %s", stderr.String())
			}
			for _, part := range test.reported {
				if strings.Count(stderr.String(), part) != 1 {
					t.Errorf("%q is not reported once:\n%s", part, stderr.String())
				}
			}
		})
	}
}
