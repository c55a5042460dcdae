// Etl extracts orders from a CSV file, sums them up and loads the sums into a warehouse that fails now and then. The
// pipeline is a flow with a run of a name: it is retried until all is loaded, and what has succeeded once is
// remembered, in this process and in the next.
//
//	go run . -new -kill   # forgets what was, begins, and kills itself after the transformation
//	go run .              # goes on from there: nothing is extracted or transformed again
//	go run .              # finds all of it done
//	go run . -list        # shows what the run remembers
//	go run . -redo 1a2b   # does the task again whose key begins so, and no other
//
// A process that dies counts: after four attempts in all, -fresh allows further attempts.
package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

//go:generate go tool retrygen

// Order is a line of the source.
type Order struct {
	Day      string // 2026-11-23; JSON does not keep all of a time.Time
	Region   string
	Customer string
	Cents    int64
}

// Total is what a customer has ordered in a region.
type Total struct {
	Customer string
	Orders   int
	Cents    int64
}

// afterTransform is where the process can be told to die.
var afterTransform = func() {}

// Pipeline brings the orders of a file into a warehouse, and returns the number of totals.
//
//retry:flow retries=3 delay=200ms
func Pipeline(ctx context.Context, source string, to *Warehouse) (int, error) {
	orders, err := ExtractWithRetry(ctx, source)
	if err != nil {
		return 0, err
	}
	totals, err := TransformWithRetry(ctx, orders)
	if err != nil {
		return 0, err
	}
	afterTransform()
	count := 0
	for _, region := range slices.Sorted(maps.Keys(totals)) {
		if err := to.LoadWithRetry(ctx, region, totals[region]); err != nil {
			return 0, err
		}
		count += len(totals[region])
	}
	return count, nil
}

// Extract reads the orders of a file.
//
//retry:task checkpoint=durable
func Extract(_ context.Context, source string) ([]Order, error) {
	file, err := os.Open(source)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := csv.NewReader(file)
	lines.FieldsPerRecord = 4
	all, err := lines.ReadAll()
	if err != nil {
		return nil, err
	}
	var orders []Order
	for i, line := range all {
		if i == 0 {
			continue // the header
		}
		cents, err := strconv.ParseInt(line[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: order %d: %w", source, i, err)
		}
		orders = append(orders, Order{line[0], line[1], line[2], cents})
	}
	fmt.Printf("  ran: extract, %d orders\n", len(orders))
	return orders, nil
}

// Transform sums up orders by region and customer.
//
//retry:task checkpoint=durable
func Transform(_ context.Context, orders []Order) (map[string][]Total, error) {
	sums := map[string]map[string]Total{}
	for _, o := range orders {
		if sums[o.Region] == nil {
			sums[o.Region] = map[string]Total{}
		}
		sum := sums[o.Region][o.Customer]
		sums[o.Region][o.Customer] = Total{o.Customer, sum.Orders + 1, sum.Cents + o.Cents}
	}
	totals := map[string][]Total{}
	for region, customers := range sums {
		totals[region] = slices.SortedFunc(maps.Values(customers), func(a, b Total) int {
			return cmp.Compare(a.Customer, b.Customer)
		})
	}
	fmt.Printf("  ran: transform, %d regions\n", len(totals))
	return totals, nil
}

// Warehouse keeps totals in a folder, a file of JSON lines for each region. Every second load fails.
type Warehouse struct {
	dir   string
	loads int
}

// RetryKey tells warehouses apart in every process.
func (w *Warehouse) RetryKey() string { return w.dir }

var errBusy = errors.New("the warehouse is busy")

// Load puts the totals of a region in place of those that are there. So it may run again: where the process dies
// after this and before it is recorded, it does.
//
//retry:task checkpoint=durable
func (w *Warehouse) Load(_ context.Context, region string, totals []Total) error {
	if w.loads++; w.loads%2 == 0 {
		fmt.Printf("  ran: load %s, %v\n", region, errBusy)
		return errBusy
	}
	path := filepath.Join(w.dir, region+".jsonl")
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(file)
	for _, total := range totals {
		err = errors.Join(err, lines.Encode(total))
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	fmt.Printf("  ran: load %s, %d totals\n", region, len(totals))
	return os.Rename(path+".new", path)
}
