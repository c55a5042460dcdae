// The worker makes the calls of the shop, until it is interrupted. Any number of them share the work.
package main

import (
	"log"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/engine/temporal"
	"github.com/retrygen/retrygen/examples/fleet/shop"
)

func main() {
	c, err := client.Dial(client.Options{
		HostPort: os.Getenv("TEMPORAL_ADDRESS"),
		Logger:   sdklog.NewStructuredLogger(slog.Default()),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	w := temporal.NewWorker(c, "shop", worker.Options{}, shop.DeliverTask(), shop.PayTask(), shop.PackTask(), shop.ShipTask())
	if err := w.Run(worker.InterruptCh()); err != nil {
		log.Fatal(err)
	}
}
