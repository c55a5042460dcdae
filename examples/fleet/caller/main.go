// The caller has an order delivered. If it is killed and started again, it finds what has been done for the order.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"github.com/retrygen/retrygen/engine/temporal"
	"github.com/retrygen/retrygen/examples/fleet/shop"
	"github.com/retrygen/retrygen/runtime/remote"
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
	engine := &temporal.Engine{Client: c, Queue: "shop", Heartbeat: 3 * time.Second}

	ctx := remote.With(context.Background(), engine, "order 4711")
	fmt.Println("calls    Deliver for order 4711")
	parcel, err := shop.DeliverWithRetry(ctx, shop.Order{Number: "4711", Items: []string{"tea", "a pot", "two cups"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("has      " + parcel)
}
