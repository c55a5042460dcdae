package loophttp

import (
	"errors"
	"io"
	"net/http"
)

// keepLimit is how much of a response's body a condition may read.
const keepLimit = 1 << 20

// errKept is what a condition reads beyond keepLimit, so that nothing is lost for the caller.
var errKept = errors.New("retry: a condition can read the first 1 MiB of a response's body")

// Kept is a response whose body a condition may read. It keeps what is read, up to 1 MiB, for the caller.
type Kept struct {
	resp *http.Response
	body *keptBody
}

// Keep prepares a response for a condition. The response may be nil. One that switches protocols is not touched.
func Keep(resp *http.Response) Kept {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return Kept{}
	}
	if _, ok := resp.Body.(io.Writer); ok {
		return Kept{}
	}
	body := &keptBody{source: resp.Body, asking: true}
	resp.Body = body
	return Kept{resp, body}
}

// GiveBack makes the body readable from its beginning, whatever the condition has done with it.
func (k Kept) GiveBack() {
	b := k.body
	if b == nil {
		return
	}
	b.asking = false
	switch {
	case k.resp.Body != b: // The condition has put another one in its place.
		b.kept = nil
		if k.resp.Body == nil {
			_ = b.Close()
			return
		}
		k.resp.Body = &joined{k.resp.Body, b}
	case len(b.kept) == 0:
		k.resp.Body = b.source
	}
}

// keptBody is the body that a condition sees, and later the caller.
type keptBody struct {
	source io.ReadCloser
	kept   []byte // while asking, what was read; later, what is to be read again
	asking bool
	closed bool // by the condition
}

// Read reads from what was kept and then from the source.
func (b *keptBody) Read(p []byte) (int, error) {
	if b.asking {
		return b.record(p)
	}
	if len(b.kept) > 0 {
		n := copy(p, b.kept)
		b.kept = b.kept[n:]
		return n, nil
	}
	return b.source.Read(p)
}

// record reads for the condition.
func (b *keptBody) record(p []byte) (int, error) {
	switch left := keepLimit - len(b.kept); {
	case b.closed:
		return 0, http.ErrBodyReadAfterClose
	case left == 0:
		return 0, errKept
	case len(p) > left:
		p = p[:left]
	}
	n, err := b.source.Read(p)
	b.kept = append(b.kept, p[:n]...)
	return n, err
}

// Close closes the source, unless a condition does it.
func (b *keptBody) Close() error {
	if b.asking {
		b.closed = true
		return nil
	}
	return b.source.Close()
}

// joined is a body that a condition has put in place of a response's own, which is closed with it.
type joined struct {
	io.ReadCloser
	own io.Closer
}

// Close closes both.
func (j *joined) Close() error { return errors.Join(j.ReadCloser.Close(), j.own.Close()) }
