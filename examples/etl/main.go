package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

func main() {
	dir := flag.String("dir", filepath.Join(os.TempDir(), "retrygen-etl"), "folder of the source, the warehouse and the records")
	name := flag.String("run", "nightly-2026-11-23", "name of the run")
	die := flag.Bool("kill", false, "kill this process after the transformation")
	anew := flag.Bool("new", false, "delete what the run remembers, then run")
	flag.Parse()
	if *die {
		afterTransform = kill
	}
	if err := run(context.Background(), *dir, *name, *anew); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// orders is the source.
const orders = `day,region,customer,cents
2026-11-23,north,ada,1250
2026-11-23,south,grace,830
2026-11-23,north,ada,410
2026-11-23,west,barbara,9900
2026-11-23,north,edsger,75
2026-11-23,south,tony,2600
2026-11-23,south,grace,1
`

// run runs the pipeline under a name, with its records in a folder.
func run(ctx context.Context, dir, name string, anew bool) error {
	records, err := store.Open(filepath.Join(dir, "records"))
	if err != nil {
		return err
	}
	if anew {
		if err := records.Delete(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	source := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(source, []byte(orders), 0o600); err != nil {
		return err
	}
	defer retry.Observe(show)()

	fmt.Printf("%s, in %s:\n", name, dir)
	count, err := PipelineWithRetry(retry.WithRun(ctx, records, name), source, &Warehouse{dir: dir})
	if err != nil {
		return err
	}
	fmt.Printf("done: %d totals\n", count)
	return nil
}

// show prints what a wrapper decided.
func show(_ context.Context, e retry.Event) {
	switch e.Decision {
	case retry.DecisionRemembered:
		fmt.Printf("  remembered: %s\n", e.Task)
	case retry.DecisionRetry:
		fmt.Printf("  attempt %d of %s failed: %v; again in %v\n", e.Attempt, e.Task, e.Err, e.Wait.Round(time.Millisecond))
	}
}

// kill ends this process by SIGKILL, which nothing can catch.
func kill() {
	fmt.Println("  killed")
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // it is a moment until the signal arrives
}
