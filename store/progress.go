package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/retrygen/retrygen/runtime/retry"
)

var _ retry.ProgressRun = (*run)(nil)

// progress is stored as JSON, in an entry whose task is the flow.
type progress struct {
	Begun int
	Due   time.Time     `json:",omitzero"`
	Wait  time.Duration `json:",omitzero"`
}

// progressKey returns the key of the entry for a flow. Keys of calls are digests too, but never of such a text.
func progressKey(flow string) [32]byte { return sha256.Sum256([]byte("progress of " + flow)) }

// Progress reads how far the retries of a flow have come.
func (r *run) Progress(_ context.Context, flow string) (retry.Progress, error) {
	e, found, err := r.lookup(progressKey(flow))
	if err != nil || !found {
		return retry.Progress{}, explain(err, r.name, r.path)
	}
	p, err := e.progress()
	return retry.Progress(p), explain(err, r.name, r.path)
}

// SetProgress writes how far the retries of a flow have come.
func (r *run) SetProgress(_ context.Context, flow string, p retry.Progress) error {
	p.Due = p.Due.Round(0).UTC() // the clock of this process means nothing to another
	data, err := json.Marshal(progress(p))
	if err != nil {
		return explain(retry.Permanent(err), r.name, r.path)
	}
	record := Record{Key: progressKey(flow), Task: flow, Results: data, Recorded: time.Now()}
	return explain(r.write(entry{flowProgress, record}), r.name, r.path)
}

// progress decodes the entry of a flow.
func (e *entry) progress() (progress, error) {
	var p progress
	if e.kind != flowProgress {
		return p, damaged("record %x is not the progress of a flow", e.Key)
	}
	if err := json.Unmarshal(e.Results, &p); err != nil {
		return p, damaged("the progress of %s: %v", e.Task, err)
	}
	return p, nil
}

// FlowProgress is how far the retries of a flow have come in a run.
type FlowProgress struct {
	Flow string // the path of its package and its name
	retry.Progress
}

// Progress returns how far the retries of a run's flows have come, ordered by flow. A run has one flow, unless its code
// has changed. If there is no such run the error is [fs.ErrNotExist].
func (s *Store) Progress(ctx context.Context, name string) ([]FlowProgress, error) {
	var list []FlowProgress
	err := s.do(ctx, name, func(path string) error {
		var failed error
		err := readFile(path, func(e entry) {
			if e.kind != flowProgress {
				return
			}
			p, err := e.progress()
			failed = cmp.Or(failed, err)
			list = append(list, FlowProgress{e.Task, retry.Progress(p)})
		})
		return cmp.Or(err, failed)
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b FlowProgress) int { return cmp.Compare(a.Flow, b.Flow) })
	return list, nil
}

// ResetProgress makes the flows of a run count their attempts from 1 again, without a wait. All records stay. It is
// for a person who starts a flow again whose attempts are used up. The error is [ErrRunHeld] if the run is open, and
// [fs.ErrNotExist] if there is no such run.
func (s *Store) ResetProgress(ctx context.Context, name string) error {
	return s.edit(ctx, name, func(tx *bbolt.Tx) error {
		var keys [][32]byte
		err := tx.Bucket(recordsBucket).ForEach(func(key, data []byte) error {
			e, _, err := parse(key, data)
			if err == nil && e.kind == flowProgress {
				keys = append(keys, e.Key)
			}
			return err
		})
		if err != nil {
			return err
		}
		return removeAll(tx, keys)
	})
}
