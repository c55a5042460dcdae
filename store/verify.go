package store

import (
	"errors"
	"io"
)

// A run's file has two buckets: one with the format and the summary, and one with the records.
var (
	headBucket    = []byte("retrygen")
	recordsBucket = []byte("records")
	formatKey     = []byte("format")
	summaryKey    = []byte("summary")
	format        = []byte("2")
)

// errBusy means that a file is written faster than it can be read, so it is open elsewhere.
var errBusy = errors.New("the file is being written")

// tries is how often something is tried again that others keep changing.
const tries = 100

// verify reads a file and calls visit, which may be nil, with every entry. It takes no lock, since looking at a run must
// not keep its flow from opening it. The summary shows that what it read belongs together. If something is wrong, it is
// wrong in the file only if no transaction has ended meanwhile: until then no page is written that is in use.
func verify(file io.ReaderAt, size func() (int64, error), visit func(entry)) error {
	var err error
	for range tries {
		var found []entry
		var before *pages
		before, err = readOnce(file, size, func(e entry) {
			if visit != nil {
				found = append(found, e)
			}
		})
		if err == nil {
			for _, e := range found {
				visit(e)
			}
			return nil
		}
		if before == nil {
			continue // the beginning may be the half of what is being written
		}
		if unchanged(file, before) {
			return err
		}
		err = errBusy
	}
	return err
}

func unchanged(file io.ReaderAt, before *pages) bool {
	now, err := openPages(file, before.size)
	return err == nil && now.meta == before.meta
}

func readOnce(file io.ReaderAt, size func() (int64, error), visit func(entry)) (*pages, error) {
	n, err := size()
	if err != nil {
		return nil, err
	}
	p, err := openPages(file, n)
	if err != nil {
		return nil, err
	}
	buckets := map[string]element{}
	err = p.tree(p.root, nil, nil, 0, func(e element) error {
		buckets[string(e.key)] = e
		return nil
	})
	if err != nil {
		return p, err
	}
	head, ours := buckets[string(headBucket)]
	records, whole := buckets[string(recordsBucket)]
	if !ours || !whole || len(buckets) != 2 {
		return p, foreign("it is a bbolt database of something else")
	}
	want, err := readHead(p, head)
	if err != nil {
		return p, err
	}
	if err := readRecords(p, records, want, visit); err != nil {
		return p, err
	}
	return p, p.freelist()
}

// readHead reads the summary of the records, if they have this package's format.
func readHead(p *pages, head element) (summary, error) {
	values := map[string][]byte{}
	err := p.bucket(head, func(e element) error {
		values[string(e.key)] = e.value
		return nil
	})
	if err != nil {
		return summary{}, err
	}
	if got := string(values[string(formatKey)]); got != string(format) {
		return summary{}, foreign("its records have format %q, not %q", got, format)
	}
	s, err := parseSummary(values[string(summaryKey)])
	if err == nil && s.tx != p.tx {
		err = damaged("its summary was written by transaction %d, and the last one is %d", s.tx, p.tx)
	}
	return s, err
}

func readRecords(p *pages, bucket element, want summary, visit func(entry)) error {
	got := summary{tx: p.tx}
	err := p.bucket(bucket, func(e element) error {
		if e.flags != 0 {
			return damaged("there is a bucket where a record should be")
		}
		found, sum, err := parse(e.key, e.value)
		if err != nil {
			return err
		}
		got.add(sum)
		visit(found)
		return nil
	})
	if err == nil && got != want {
		err = damaged("it does not have the %d records that were written; it has %d", want.count, got.count)
	}
	return err
}
