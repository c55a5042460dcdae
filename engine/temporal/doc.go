// Package temporal runs remote tasks and flows on a Temporal server: their attempts are made by whichever worker is free,
// and their retries outlive every process.
//
// A task is one standalone activity, with the waits, conditions and limits of its directive. The server keeps its attempt
// number, its due time and its results. A worker serves the tasks that retrygen describes:
//
//	func main() {
//		c, err := client.Dial(client.Options{})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer c.Close()
//		w := temporal.NewWorker(c, "shop", worker.Options{}, FetchPriceTask(), NightlyTask())
//		if err := w.Run(worker.InterruptCh()); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// A caller names the engine, the task queue and what the calls belong to. Its other lines stay as they are:
//
//	ctx = remote.With(ctx, &temporal.Engine{Client: c, Queue: "shop"}, "night of 2026-11-26")
//	report, err := NightlyWithRetry(ctx, accounts)
//
// A caller that was killed and makes the same calls below the same run again gets the results of those that have ended,
// and waits for those that still run.
//
// # What is promised
//
// A call has one result: all who make it get the same, as long as the server keeps it, which is the retention of the
// namespace. Each attempt is made at least once: a worker that dies during an attempt leaves its effects, and the attempt
// is made again under the next number.
//
// # Flows
//
// A flow with the option remote is an activity as well, on a task queue of its own, since it occupies its worker while it
// waits for its tasks. A worker of [NewWorker] serves both queues. A flow that is made again finds the results of the tasks
// that have succeeded.
package temporal
