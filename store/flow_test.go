package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
)

// The job that is killed: a source of numbered parts, each part worked on at the same time as the others, and a sum.
// Every execution of a task draws a number, so that no two return the same results.

// part is what a task returns. Its filling follows from its number.
type part struct {
	Step    int
	Drawn   uint64
	Filling []byte
}

// whole reports whether the filling is the one that belongs to the number.
func (p part) whole() bool {
	return len(p.Filling) == job.size && sha256.Sum256(p.Filling) == sha256.Sum256(fill(p.Drawn))
}

func fill(drawn uint64) []byte {
	data := make([]byte, job.size)
	_, _ = rand.NewChaCha8(sha256.Sum256(binary.BigEndian.AppendUint64(nil, drawn))).Read(data) // never fails
	return data
}

// job is how the process that runs it was started.
var job struct {
	size  int // bytes of a part
	kill  *killer
	notes *os.File
}

// parts are how many are worked on at the same time, after the source and before the sum.
const parts = 4

var errFlaky = errors.New("flaky")

// work draws a part and notes that it did.
func work(step int) (part, error) {
	p := part{Step: step, Drawn: rand.Uint64()}
	p.Filling = fill(p.Drawn)
	note("ran %d %d", step, p.Drawn)
	job.kill.at("ran")
	return p, nil
}

//retry:task checkpoint=durable
func source(ctx context.Context) (part, error) { return work(0) }

// refine fails on the first try of every process.
//
//retry:task retries=1 delay=1ms jitter=1 checkpoint=durable
func refine(ctx context.Context, from part, step int) (part, error) {
	if first(step) {
		return part{}, errFlaky
	}
	return work(step)
}

//retry:task checkpoint=durable
func sum(ctx context.Context, all []part) (part, error) {
	for i, p := range all {
		if p.Step != i || !p.whole() {
			return part{}, fmt.Errorf("part %d is wrong: step %d", i, p.Step)
		}
	}
	return work(len(all))
}

// all returns every part. It fails on the first try of every process, with everything done.
//
//retry:ignore RL301 the retries are few
//retry:flow retries=1 delay=1ms jitter=1
func all(ctx context.Context) ([]part, error) {
	start, err := sourceWithRetry(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]part, 1+parts)
	list[0] = start
	failed := make([]error, len(list))
	var group sync.WaitGroup
	for step := 1; step < len(list); step++ {
		group.Go(func() { list[step], failed[step] = refineWithRetry(ctx, start, step) })
	}
	group.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	end, err := sumWithRetry(ctx, list)
	if err != nil || first(-1) {
		return nil, errors.Join(err, errFlaky)
	}
	return append(list, end), nil
}
