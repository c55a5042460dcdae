package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.etcd.io/bbolt"
)

// DeleteRecord deletes what a run has of a call. The next flow of the run calls the task again; all other records stay.
// The error is [ErrRunHeld] if the run is open, and [fs.ErrNotExist] if it has nothing of the call or does not exist.
func (s *Store) DeleteRecord(ctx context.Context, name string, key [32]byte) error {
	return s.edit(ctx, name, func(tx *bbolt.Tx) error {
		if _, err := getCall(tx, key); err != nil {
			return err
		}
		return removeAll(tx, [][32]byte{key})
	})
}

// removeAll removes entries and keeps the summary right.
func removeAll(tx *bbolt.Tx, keys [][32]byte) error {
	total, err := parseSummary(tx.Bucket(headBucket).Get(summaryKey))
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := remove(tx.Bucket(recordsBucket), &total, key); err != nil {
			return err
		}
	}
	return putSummary(tx, total)
}

// SetResults records results of a call that the run has, unfinished or not. The next flow of the run gets them without
// a call of the task. Results are JSON as in [Record]; {} for a task without results but an error. That they fit the
// task is seen when the flow asks for them: if they do not, the task's wrapper returns an error.
//
// The error is [ErrRunHeld] if the run is open, and [fs.ErrNotExist] if it has nothing of the call or does not exist.
func (s *Store) SetResults(ctx context.Context, name string, key [32]byte, results json.RawMessage) error {
	if !json.Valid(results) {
		return fmt.Errorf("run %q: the results are not JSON: %.100q", name, results)
	}
	if err := checkSize(results); err != nil {
		return fmt.Errorf("run %q: %w", name, err)
	}
	return s.edit(ctx, name, func(tx *bbolt.Tx) error {
		e, err := getCall(tx, key)
		if err != nil {
			return err
		}
		e.kind, e.Results, e.Recorded = succeeded, results, time.Now()
		return put(tx, []entry{e})
	})
}

// edit runs a transaction on a run that exists, and returns when the disk has it.
func (s *Store) edit(ctx context.Context, name string, change func(*bbolt.Tx) error) error {
	return s.do(ctx, name, func(path string) error {
		r, err := openFile(path)
		if err != nil {
			return err
		}
		err = r.update(change)
		return errors.Join(err, r.close())
	})
}

// getCall returns the entry of a call.
func getCall(tx *bbolt.Tx, key [32]byte) (entry, error) {
	e, found, err := get(tx, key)
	if err == nil && !(found && e.isCall()) {
		err = noRecord(key)
	}
	return e, err
}

func noRecord(key [32]byte) error {
	return fmt.Errorf("there is no record %x: %w", key, fs.ErrNotExist)
}

// checkSize returns an error if the file cannot hold results.
func checkSize(results []byte) error {
	if len(results) > bbolt.MaxValueSize/2 {
		return fmt.Errorf("results of %d bytes are too large", len(results))
	}
	return nil
}
