package store

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Record is what a run keeps of a call.
type Record struct {
	Key       [32]byte        // identifies the call, see [retry.Call]
	Task      string          // the name of the task, as in errors and events
	Types     string          // the types of its parameters and results, see [retry.Call]
	Arguments string          // for a reader, see [retry.Call]
	Results   json.RawMessage // of the task without the error; nil if it has not succeeded
	Recorded  time.Time       // in UTC
}

// kind says what is stored under a key.
type kind byte

const (
	succeeded    kind = iota + 1 // a call with its results
	unfinished                   // a call that was looked up and has no results yet
	flowProgress                 // a flow, by its name; the results are its progress
)

// entry is what is stored under a key of the records' bucket.
type entry struct {
	kind kind
	Record
}

func (e *entry) isCall() bool { return e.kind == succeeded || e.kind == unfinished }

// checksum is the SHA-256 of an entry's key and of everything else that is stored under it.
type checksum [sha256.Size]byte

// stored returns what is stored under an entry's key: the checksum, the time in nanoseconds since 1970, the kind, three
// strings with their lengths before them, and the results.
func (e *entry) stored() []byte {
	texts := [...]string{e.Task, e.Types, e.Arguments}
	size := len(checksum{}) + 8 + 1 + len(e.Results)
	for _, text := range texts {
		size += binary.MaxVarintLen64 + len(text)
	}
	data := make([]byte, len(checksum{}), size)
	data = binary.BigEndian.AppendUint64(data, uint64(e.Recorded.UnixNano()))
	data = append(data, byte(e.kind))
	for _, text := range texts {
		data = binary.AppendUvarint(data, uint64(len(text)))
		data = append(data, text...)
	}
	data = append(data, e.Results...)
	sum := sumOf(e.Key[:], data[len(checksum{}):])
	copy(data, sum[:])
	return data
}

func sumOf(key, body []byte) (sum checksum) {
	h := sha256.New()
	h.Write(key)
	h.Write(body)
	h.Sum(sum[:0])
	return sum
}

// parse reads what is stored under a key if its checksum is right. The entry's results share the memory of data.
func parse(key, data []byte) (entry, checksum, error) {
	var e entry
	if len(key) != len(e.Key) || len(data) < len(checksum{})+8+1 {
		return e, checksum{}, damaged("a record has %d and %d bytes", len(key), len(data))
	}
	sum, body := checksum(data), data[len(checksum{}):]
	if sum != sumOf(key, body) {
		return e, sum, damaged("the checksum of record %x is wrong", key)
	}
	e.Key = [32]byte(key)
	e.Recorded = time.Unix(0, int64(binary.BigEndian.Uint64(body))).UTC()
	e.kind = kind(body[8])
	body = body[8+1:]
	for _, text := range []*string{&e.Task, &e.Types, &e.Arguments} {
		length, n := binary.Uvarint(body)
		if n <= 0 || length > uint64(len(body)-n) {
			return e, sum, damaged("record %x is incomplete", key)
		}
		*text, body = string(body[n:n+int(length)]), body[n+int(length):]
	}
	switch {
	case e.kind < succeeded || e.kind > flowProgress:
		return e, sum, damaged("record %x is of kind %d", key, e.kind)
	case e.kind != unfinished:
		e.Results = json.RawMessage(body)
	}
	return e, sum, nil
}

// summary covers all entries of a run, so that a lost one is noticed: it has their number and the exclusive or of their
// checksums, from which one can be taken out again. It also has the number of the transaction that wrote it, which is
// the last one.
type summary struct {
	tx, count uint64
	sum       checksum
}

func (s *summary) add(sum checksum)    { s.count++; s.mix(sum) }
func (s *summary) remove(sum checksum) { s.count--; s.mix(sum) }
func (s *summary) mix(sum checksum)    { subtle.XORBytes(s.sum[:], s.sum[:], sum[:]) }

func (s *summary) stored() []byte {
	data := binary.BigEndian.AppendUint64(nil, s.tx)
	data = binary.BigEndian.AppendUint64(data, s.count)
	return append(data, s.sum[:]...)
}

func parseSummary(data []byte) (summary, error) {
	if len(data) != 16+len(checksum{}) {
		return summary{}, damaged("the summary has %d bytes", len(data))
	}
	return summary{binary.BigEndian.Uint64(data), binary.BigEndian.Uint64(data[8:]), checksum(data[16:])}, nil
}

// entryOf returns an entry of a call.
func entryOf(call retry.Call, kind kind, results []byte) entry {
	record := Record{
		Key: call.Key, Task: call.Task, Types: call.Types, Arguments: call.Text, Results: results, Recorded: time.Now(),
	}
	return entry{kind, record}
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func foreign(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrForeign, fmt.Sprintf(format, args...))
}
