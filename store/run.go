package store

import (
	"bytes"
	"context"
	"errors"
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
	file       *os.File // the file that db has opened
	making     string   // the name that the file was made under, "" if it existed before

	lock    sync.Mutex
	next    *batch                  // takes entries until its commit begins
	pending map[[32]byte]retry.Call // looked up without success, and not written yet
	last    error                   // of a panic in bbolt, after which bbolt is not called again

	commit sync.Mutex // held by the batch that is being written
}

// batch is a group of entries that are written together, since the disk takes as long for many as for one.
type batch struct {
	entries []entry
	done    chan struct{} // closed when the batch is written, or has failed
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

// Lookup reads a record and checks it once more. A call without a record is written as unfinished with the next record,
// or when the run is closed.
func (r *run) Lookup(_ context.Context, call retry.Call) (results []byte, found bool, err error) {
	e, found, err := r.lookup(call.Key)
	if err != nil {
		return nil, false, explain(err, r.name, r.path)
	}
	if !found {
		r.ask(call)
	}
	return e.Results, found && e.kind == succeeded, nil
}

func (r *run) lookup(key [32]byte) (e entry, found bool, err error) {
	err = r.guarded(func() error {
		return r.db.View(func(tx *bbolt.Tx) (err error) {
			e, found, err = get(tx, key)
			return err
		})
	})
	return e, found, err
}

// get returns the entry of a key. It shares no memory with the file.
func get(tx *bbolt.Tx, key [32]byte) (e entry, found bool, err error) {
	data := tx.Bucket(recordsBucket).Get(key[:])
	if data == nil {
		return entry{}, false, nil
	}
	e, _, err = parse(key[:], data)
	e.Results = bytes.Clone(e.Results)
	return e, err == nil, err
}

func (r *run) ask(call retry.Call) {
	call.Arguments = nil
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.pending == nil {
		r.pending = map[[32]byte]retry.Call{}
	}
	r.pending[call.Key] = call
}

// Record writes a record, together with those that other goroutines have recorded while the disk was at work.
func (r *run) Record(_ context.Context, call retry.Call, results []byte) error {
	if err := checkSize(results); err != nil {
		return explain(retry.Permanent(err), r.name, r.path)
	}
	return explain(r.write(entryOf(call, succeeded, results)), r.name, r.path)
}

// write writes an entry and returns when it is on the disk.
func (r *run) write(e entry) error {
	b, first := r.join(e)
	if first {
		r.commit.Lock()
		unfinished := r.leave()
		b.err = r.update(func(tx *bbolt.Tx) error {
			return errors.Join(put(tx, b.entries), putUnfinished(tx, unfinished))
		})
		r.commit.Unlock()
		close(b.done)
	}
	<-b.done
	return b.err
}

// join adds an entry to the batch that is written next. The caller that is first in a batch writes it.
func (r *run) join(e entry) (b *batch, first bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if first = r.next == nil; first {
		r.next = &batch{done: make(chan struct{})}
	}
	r.next.entries = append(r.next.entries, e)
	delete(r.pending, e.Key)
	return r.next, first
}

// leave closes the batch that is written now to others. It returns the calls that are written with it.
func (r *run) leave() (unfinished map[[32]byte]retry.Call) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.next = nil
	unfinished, r.pending = r.pending, nil
	return unfinished
}

// update runs a transaction and returns when the disk has what it wrote.
func (r *run) update(write func(*bbolt.Tx) error) error {
	return r.guarded(func() error { return r.db.Update(write) })
}

// put adds or replaces entries, and keeps the summary right.
func put(tx *bbolt.Tx, entries []entry) error {
	bucket := tx.Bucket(recordsBucket)
	total, err := parseSummary(tx.Bucket(headBucket).Get(summaryKey))
	if err != nil {
		return err
	}
	for _, e := range entries {
		data := e.stored()
		if err := remove(bucket, &total, e.Key); err != nil {
			return err
		}
		total.add(checksum(data))
		if err := bucket.Put(bytes.Clone(e.Key[:]), data); err != nil {
			return err
		}
	}
	return putSummary(tx, total)
}

// remove takes an entry out of the summary and the bucket, if there is one.
func remove(bucket *bbolt.Bucket, total *summary, key [32]byte) error {
	old := bucket.Get(key[:])
	if old == nil {
		return nil
	}
	_, sum, err := parse(key[:], old)
	if err != nil {
		return err
	}
	total.remove(sum)
	return bucket.Delete(key[:])
}

// putUnfinished adds calls that have no entry.
func putUnfinished(tx *bbolt.Tx, calls map[[32]byte]retry.Call) error {
	var entries []entry
	for key, call := range calls {
		if tx.Bucket(recordsBucket).Get(key[:]) == nil {
			entries = append(entries, entryOf(call, unfinished, nil))
		}
	}
	return put(tx, entries) // also if there are none: a transaction must write the summary
}

func putSummary(tx *bbolt.Tx, s summary) error {
	s.tx = uint64(tx.ID())
	return tx.Bucket(headBucket).Put(summaryKey, s.stored())
}

// Close writes the calls that are unfinished, and unlocks the run.
func (r *run) Close() error {
	var err error
	if calls := r.leave(); len(calls) > 0 && r.broken() == nil {
		err = r.update(func(tx *bbolt.Tx) error { return putUnfinished(tx, calls) })
	}
	return explain(errors.Join(err, r.close(), r.tidy()), r.name, r.path)
}

func (r *run) close() error {
	if r.broken() != nil {
		return r.file.Close() // this unlocks it; bbolt may hold locks of its own for ever
	}
	return r.guarded(r.db.Close)
}

// tidy removes the name that the run's file was made under, if that was not possible before.
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

// guarded calls bbolt. A panic becomes an error, and so does an access to mapped memory whose file is gone. No call
// follows such a call, since bbolt may still hold its locks.
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
