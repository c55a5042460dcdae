package retryloop

import (
	"errors"
	"io"
	"io/fs"
)

// keepLimit is how much of a reader a condition may read.
const keepLimit = 1 << 20

// errKept is what a condition reads beyond keepLimit, so that nothing is lost for the caller.
var errKept = errors.New("retry: a condition can read the first 1 MiB of a result")

// Kept is a result that a condition may read. It keeps what is read, up to 1 MiB, for the caller.
type Kept[R io.ReadCloser] struct {
	result *R
	reader *keptReader // nil if there is nothing to keep
}

// Keep prepares a result for a condition. The result may be nil.
func Keep[R io.ReadCloser](result *R) Kept[R] {
	if any(*result) == nil {
		return Kept[R]{}
	}
	reader := &keptReader{source: *result, asking: true}
	*result = any(reader).(R)
	return Kept[R]{result, reader}
}

// GiveBack makes the result readable from its beginning, whatever the condition has done with it.
func (k Kept[R]) GiveBack() {
	r := k.reader
	if r == nil {
		return
	}
	r.asking = false
	switch now := any(*k.result); {
	case now == nil: // The condition has taken it away.
		_ = r.source.Close()
	case now != any(r): // The condition has put another one in its place.
		r.kept, r.err = nil, nil
		*k.result = any(&joined{*k.result, r}).(R)
	case len(r.kept) == 0 && r.err == nil:
		*k.result = any(r.source).(R)
	}
}

// Decided is GiveBack for a result that is released by nothing but the condition: a result that it has closed, and that is
// to be retried, is closed.
func (k Kept[R]) Decided(again bool) {
	if again && k.reader != nil && k.reader.closed {
		_ = k.reader.source.Close() // It is not wanted, so an error does not matter.
		return
	}
	k.GiveBack()
}

// keptReader is what a condition reads, and later the caller.
type keptReader struct {
	source io.ReadCloser
	kept   []byte // while asking, what was read; later, what is to be read again
	err    error  // with which the source has answered the last read; to be returned once more, after what was kept
	asking bool
	closed bool // by the condition
}

// Read reads from what was kept and then from the source.
func (r *keptReader) Read(p []byte) (int, error) {
	if r.asking {
		return r.record(p)
	}
	if len(r.kept) > 0 {
		n := copy(p, r.kept)
		r.kept = r.kept[n:]
		return n, nil
	}
	if err := r.err; err != nil {
		r.err = nil
		return 0, err
	}
	return r.source.Read(p)
}

// record reads for the condition.
func (r *keptReader) record(p []byte) (int, error) {
	switch left := keepLimit - len(r.kept); {
	case r.closed:
		return 0, fs.ErrClosed
	case r.err != nil:
		return 0, r.err
	case left == 0:
		return 0, errKept
	case len(p) > left:
		p = p[:left]
	}
	n, err := r.source.Read(p)
	r.kept, r.err = append(r.kept, p[:n]...), err
	return n, err
}

// Close closes the source, unless a condition does it.
func (r *keptReader) Close() error {
	if r.asking {
		r.closed = true
		return nil
	}
	return r.source.Close()
}

// joined is a reader that a condition has put in place of a result, which is closed with it.
type joined struct {
	io.ReadCloser
	own io.Closer
}

// Close closes both.
func (j *joined) Close() error { return errors.Join(j.ReadCloser.Close(), j.own.Close()) }
