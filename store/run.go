package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/retrygen/retrygen/runtime/retry"
)

// run is an open run.
type run struct {
	name, path string
	db         *bbolt.DB
	file       *os.File // the one that db has opened
	making     string   // the name that its file was made under, "" for none

	lock sync.Mutex
	next *batch // takes records until its commit begins
	last error  // that of a panic in bbolt, after which it is not called again

	commit sync.Mutex // held by the one batch that is being written
}

// batch is records that are written together, since the disk takes as long for many as for one.
type batch struct {
	records []Record
	done    chan struct{} // closed when it is written, or could not be
	err     error
}

// begin writes what a run without records has.
func (r *run) begin() error {
	return r.update(func(tx *bbolt.Tx) error {
		head, err := tx.CreateBucket(headBucket)
		if err != nil {
			return err
		}
		_, err = tx.CreateBucket(recordsBucket)
		return errors.Join(err, head.Put(formatKey, format), putSummary(tx, summary{}))
	})
}

// Lookup reads a record and checks it once more.
func (r *run) Lookup(_ context.Context, call retry.Call) (results []byte, found bool, err error) {
	err = r.lookup(call, func(record Record) { results, found = record.Results, true })
	return results, found, explain(err, r.name, r.path)
}

func (r *run) lookup(call retry.Call, found func(Record)) error {
	look := func(tx *bbolt.Tx) error {
		data := tx.Bucket(recordsBucket).Get(call.Key[:])
		if data == nil {
			return nil
		}
		record, _, err := parse(call.Key[:], data)
		if err == nil {
			record.Results = bytes.Clone(record.Results) // they are in the mapped file
			found(record)
		}
		return err
	}
	return r.guarded(func() error { return r.db.View(look) })
}

// Record writes a record, together with those that others have recorded while the disk was at work.
func (r *run) Record(_ context.Context, call retry.Call, results []byte) error {
	if len(results) > bbolt.MaxValueSize/2 {
		return retry.Permanent(fmt.Errorf("run %q, %s: results of %d bytes are too large", r.name, r.path, len(results)))
	}
	b, first := r.join(newRecord(call, results))
	if first {
		r.commit.Lock()
		r.leave()
		b.err = r.update(func(tx *bbolt.Tx) error { return put(tx, b.records) })
		r.commit.Unlock()
		close(b.done)
	}
	<-b.done
	return explain(b.err, r.name, r.path)
}

// join adds a record to the batch that is written next. Who is first in it has it written.
func (r *run) join(record Record) (b *batch, first bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if first = r.next == nil; first {
		r.next = &batch{done: make(chan struct{})}
	}
	r.next.records = append(r.next.records, record)
	return r.next, first
}

// leave closes the batch that is written now to others.
func (r *run) leave() {
	r.lock.Lock()
	r.next = nil
	r.lock.Unlock()
}

// update runs a transaction and has the disk keep what it wrote.
func (r *run) update(write func(*bbolt.Tx) error) error {
	return r.guarded(func() error { return r.db.Update(write) })
}

// put adds records, or puts them in place of others, and keeps the summary right.
func put(tx *bbolt.Tx, records []Record) error {
	bucket := tx.Bucket(recordsBucket)
	total, err := parseSummary(tx.Bucket(headBucket).Get(summaryKey))
	if err != nil {
		return err
	}
	for _, record := range records {
		key, data := record.Key[:], record.stored()
		if old := bucket.Get(key); old != nil {
			_, sum, err := parse(key, old)
			if err != nil {
				return err
			}
			total.remove(sum)
		}
		total.add(checksum(data))
		if err := bucket.Put(bytes.Clone(key), data); err != nil {
			return err
		}
	}
	return putSummary(tx, total)
}

func putSummary(tx *bbolt.Tx, s summary) error {
	s.tx = uint64(tx.ID())
	return tx.Bucket(headBucket).Put(summaryKey, s.stored())
}

// Close gives the run up.
func (r *run) Close() (err error) {
	return explain(errors.Join(r.close(), r.tidy()), r.name, r.path)
}

func (r *run) close() error {
	if r.broken() != nil {
		return r.file.Close() // and with it goes the lock; bbolt may hold locks of its own for ever
	}
	return r.guarded(r.db.Close)
}

// tidy removes the name that the run's file was made under, where that was not possible before.
func (r *run) tidy() error {
	if r.making == "" {
		return nil
	}
	err := os.Remove(r.making)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// guarded calls bbolt. A panic becomes an error, and so does an access to mapped memory behind which there is no file
// any more. Such a call is the last one: bbolt's locks stay as they were.
func (r *run) guarded(call func() error) (err error) {
	if err := r.broken(); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damaged("%v", p)
			r.lock.Lock()
			r.last = err
			r.lock.Unlock()
		}
	}()
	return call()
}

func (r *run) broken() error {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.last
}
