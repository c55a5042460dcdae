package itest

import (
	"testing"

	_ "github.com/retrygen/retrygen/engine/temporal"
	_ "github.com/retrygen/retrygen/runtime/retry"
	_ "go.temporal.io/server/common/testing/freeport"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"go.temporal.io/server/temporaltest"
)

func TestServer(t *testing.T) {
	s := temporaltest.NewServer(temporaltest.WithT(t))
	t.Log(s.GetFrontendHostPort())
	_ = sqlite.SetupSchema
	_ = temporal.NewServer
}
