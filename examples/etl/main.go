package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

// options are what the command line says.
type options struct {
	dir, run string
	kill     bool
	anew     bool
	fresh    bool
	list     bool
	redo     string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "retrygen-etl"), "folder of the source, the warehouse and the records")
	flag.StringVar(&o.run, "run", "nightly-2026-11-23", "name of the run")
	flag.BoolVar(&o.kill, "kill", false, "kill this process after the transformation")
	flag.BoolVar(&o.anew, "new", false, "delete what the run remembers, then run")
	flag.BoolVar(&o.fresh, "fresh", false, "run even if earlier processes have used up the attempts")
	flag.BoolVar(&o.list, "list", false, "list what the run remembers, and do nothing else")
	flag.StringVar(&o.redo, "redo", "", "delete the one record whose key begins so, then run")
	flag.Parse()
	if o.kill {
		afterTransform = kill
	}
	if err := run(context.Background(), o); err != nil {
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
func run(ctx context.Context, o options) error {
	records, err := store.Open(filepath.Join(o.dir, "records"))
	if err != nil {
		return err
	}
	if o.list {
		return list(ctx, records, o.run)
	}
	if o.anew {
		if err := records.Delete(ctx, o.run); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if o.redo != "" {
		if err := redo(ctx, records, o.run, o.redo); err != nil {
			return err
		}
	}
	source := filepath.Join(o.dir, "orders.csv")
	if err := os.WriteFile(source, []byte(orders), 0o600); err != nil {
		return err
	}
	defer retry.Observe(show)()

	fmt.Printf("%s, in %s:\n", o.run, o.dir)
	if o.fresh {
		ctx = retry.With(ctx, retry.FreshAttempts())
	}
	count, err := PipelineWithRetry(retry.WithRun(ctx, records, o.run), source, &Warehouse{dir: o.dir})
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
		fmt.Printf("  remembered: %s\n", path.Base(e.Task))
	case retry.DecisionRetry:
		fmt.Printf("  attempt %d of %s failed: %v; again in %v\n", e.Attempt, path.Base(e.Task), e.Err, e.Wait.Round(time.Millisecond))
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
