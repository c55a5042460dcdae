package main

import (
	"bufio"
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"
)

// served starts the command and returns the address that it prints, and a function that interrupts it and returns its status.
func served(t *testing.T, args ...string) (address string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, printed := io.Pipe()
	status := make(chan int, 1)
	var errOut bytes.Buffer
	go func() {
		status <- run(ctx, append([]string{"explain", "-serve", "-addr=127.0.0.1:0"}, args...), printed, &errOut)
		printed.Close()
	}()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		cancel()
		t.Fatalf("%v; status %d, %s", err, <-status, errOut.String())
	}
	return strings.TrimSpace(address), func() int {
		cancel()
		return <-status
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", address, response.StatusCode, err, text)
	}
	return string(text)
}

// TestServe begins with what the flags say, and ends well when it is interrupted.
func TestServe(t *testing.T) {
	address, stop := served(t, "-policy", "retries=7 delay=1 jitter=1", "-attempt-time", "250ms")
	page := get(t, address)
	for _, want := range []string{"At most <data value=\"8\">8</data>", `value="250ms"`, "an attempt takes 250ms"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if status := stop(); status != fine {
		t.Errorf("status %d", status)
	}
}

// TestServePackages has a page of the packages, from which each policy leads to the fields.
func TestServePackages(t *testing.T) {
	address, stop := served(t, "-C", shop(t), "-outage=5", "-rate=100", "-capacity=200", "./...")
	defer stop()
	page := get(t, address)
	_, link, _ := strings.Cut(page, `<a href="/?`)
	link, _, _ = strings.Cut(link, `"`)
	link = html.UnescapeString(link)
	fields := strings.Contains(link, "outage=5s") && strings.Contains(link, "policy=retries%3D2+delay%3D1s")
	if !strings.Contains(page, "pricing.Fetch") || !fields {
		t.Fatalf("the page leads to %s", link)
	}
	live := get(t, strings.TrimSuffix(address, "/packages")+"/?"+link)
	if !strings.Contains(live, `href="/packages"`) || !strings.Contains(live, `value="retries=2 delay=1s"`) {
		t.Error("the fields do not hold the policy")
	}
}
