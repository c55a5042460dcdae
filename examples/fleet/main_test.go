package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// TestFleet looks at what is printed: the order is paid once, its items are packed once, and it is shipped by the second worker.
func TestFleet(t *testing.T) {
	out := capture(t, func() error { return run(t.Context()) })
	for text, want := range map[string]int{
		"pay      order 4711": 1, "pack     tea": 1, "pack     a pot": 1, "pack     two cups": 1,
		"worker 1  ship     order 4711, attempt 1": 1, "worker 2  ship     order 4711, attempt 2": 1,
		"caller 2  has      parcel 7 of order 4711": 1,
	} {
		if got := strings.Count(out, text); got != want {
			t.Errorf("%q is printed %d times, want %d", text, got, want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// capture returns what is printed meanwhile.
func capture(t *testing.T, do func() error) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func(out *os.File) { os.Stdout = out }(os.Stdout)
	os.Stdout = w
	printed := make(chan []byte, 1)
	go func() {
		data, _ := io.ReadAll(r)
		printed <- data
	}()
	err = do()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return string(<-printed)
}
