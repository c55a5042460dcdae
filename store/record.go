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

// Record is what a run keeps of one call.
type Record struct {
	Key      [32]byte        // of the call, see [retry.Call]
	Task     string          // "pkg.Func" or "pkg.Type.Method"
	Results  json.RawMessage // those of the task but the error
	Recorded time.Time       // when it was recorded, in UTC
}

// checksum is that of one record, over its key and all that is stored under it.
type checksum [sha256.Size]byte

// stored gives what is stored under a record's key: the checksum, the time in nanoseconds since 1970, the task's name
// with its length before it, and the results.
func (r *Record) stored() []byte {
	data := make([]byte, len(checksum{}), len(checksum{})+8+binary.MaxVarintLen64+len(r.Task)+len(r.Results))
	data = binary.BigEndian.AppendUint64(data, uint64(r.Recorded.UnixNano()))
	data = binary.AppendUvarint(data, uint64(len(r.Task)))
	data = append(data, r.Task...)
	data = append(data, r.Results...)
	sum := sumOf(r.Key[:], data[len(checksum{}):])
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

// parse reads what is stored under a key, once its checksum is right. The record shares its memory.
func parse(key, data []byte) (Record, checksum, error) {
	var r Record
	if len(key) != len(r.Key) || len(data) < len(checksum{})+8 {
		return r, checksum{}, damaged("a record has %d and %d bytes", len(key), len(data))
	}
	sum, body := checksum(data), data[len(checksum{}):]
	if sum != sumOf(key, body) {
		return r, sum, damaged("the checksum of record %x is wrong", key)
	}
	r.Key = [32]byte(key)
	r.Recorded = time.Unix(0, int64(binary.BigEndian.Uint64(body))).UTC()
	length, n := binary.Uvarint(body[8:])
	if n <= 0 || length > uint64(len(body)-8-n) {
		return r, sum, damaged("record %x has no task", key)
	}
	text := body[8+n:]
	r.Task = string(text[:length])
	r.Results = json.RawMessage(text[length:])
	return r, sum, nil
}

// summary is that of all records of a run, so that one that is lost is missed: their number, and their checksums
// combined by exclusive or, which can take one out again. With it stands the transaction that wrote it, which is the
// last one.
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

func newRecord(call retry.Call, results []byte) Record {
	return Record{Key: call.Key, Task: call.Task, Results: results, Recorded: time.Now()}
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func foreign(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrForeign, fmt.Sprintf(format, args...))
}
