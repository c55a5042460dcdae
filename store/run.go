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
	making     string // the name that its file was made under, "" for none

	lock sync.Mutex
	next *batch // takes records until its commit begins
	last error  // ends all recording

	commit sync.Mutex // held by the one batch that is being written
}

// batch is records that are written together, since the disk takes as long for many as for one.
type batch struct {
	records []Record
	done    chan struct{} // closed when it is written, or could not be
	err     error
}

// begin writes what a run without records has.
func (r *run) begin() (err error) {
	defer guard(&err)()
	return r.db.Update(func(tx *bbolt.Tx) error {
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

func (r *run) lookup(call retry.Call, found func(Record)) (err error) {
	defer guard(&err)()
	return r.db.View(func(tx *bbolt.Tx) error {
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
	})
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
		b.err = r.write(b.records)
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

// write writes records and has the disk keep them. A panic ends all recording: nobody knows what it left.
func (r *run) write(records []Record) (err error) {
	if r.last != nil {
		return r.last
	}
	finished := false
	defer func() {
		if !finished {
			r.last = err
		}
	}()
	defer guard(&err)()
	err = r.db.Update(func(tx *bbolt.Tx) error { return put(tx, records) })
	finished = true
	return err
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

func (r *run) close() (err error) {
	defer guard(&err)()
	return r.db.Close()
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

// guard turns a panic, and an access to mapped memory behind which there is no file any more, into an error:
//
//	defer guard(&err)()
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			*err = damaged("%v", p)
		}
	}
}
