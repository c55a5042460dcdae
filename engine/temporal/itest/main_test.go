// Package itest tests the engine with real servers and real processes, which are killed: this test's own program, started
// again in another role.
package itest

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"github.com/retrygen/retrygen/engine/temporal/itest/devserver"
	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
)

const role = "ITEST_ROLE"

func TestMain(m *testing.M) {
	if play, ok := roles[os.Getenv(role)]; ok {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0) // The test has ended, in whatever way.
		}()
		if err := play(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "itest")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv(shop.TraceFile, filepath.Join(dir, "trace"))
	return m.Run()
}

// memoryServer is the server of all tests that do not kill it.
var memoryServer = sync.OnceValues(func() (*devserver.Server, error) { return devserver.Start(devserver.Config{}) })

// dial returns a client of a server.
func dial(address string) (client.Client, error) {
	quiet := slog.New(slog.DiscardHandler)
	return client.Dial(client.Options{HostPort: address, Logger: sdklog.NewStructuredLogger(quiet)})
}

// connect returns a client of the server of all tests.
func connect(t testing.TB) (c client.Client, address string) {
	t.Helper()
	server, err := memoryServer()
	if err != nil {
		t.Fatal(err)
	}
	c, err = dial(server.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, server.Address
}
