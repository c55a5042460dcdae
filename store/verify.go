package store

import (
	"errors"
	"io"
)

// What a run's file holds, beside the records: in a bucket of its own the format and the summary.
var (
	headBucket    = []byte("retrygen")
	recordsBucket = []byte("records")
	formatKey     = []byte("format")
	summaryKey    = []byte("summary")
	format        = []byte("1")
)

// errBusy is that of a file which is written faster than it can be read; so somebody has it open.
var errBusy = errors.New("the file is being written")

// tries are how often a file is read that changes meanwhile.
const tries = 100

// verify reads a file and calls visit, which may be nil, with every record. It takes no lock, since looking at a run
// must not keep its flow from opening it. What it finds right was right, by the summary of all records. What it
// finds wrong is so only if no transaction has ended meanwhile: until then no page is written that is in use.
func verify(file io.ReaderAt, size func() (int64, error), visit func(Record)) error {
	var err error
	for range tries {
		var records []Record
		var before *pages
		before, err = readOnce(file, size, func(r Record) {
			if visit != nil {
				records = append(records, r)
			}
		})
		if err == nil {
			for _, r := range records {
				visit(r)
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

func readOnce(file io.ReaderAt, size func() (int64, error), visit func(Record)) (*pages, error) {
	n, err := size()
	if err != nil {
		return nil, err
	}
	p, err := openPages(file, n)
	if err != nil {
		return nil, err
	}
	buckets := map[string]entry{}
	err = p.tree(p.root, nil, nil, 0, func(e entry) error {
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
func readHead(p *pages, head entry) (summary, error) {
	values := map[string][]byte{}
	err := p.bucket(head, func(e entry) error {
		values[string(e.key)] = e.value
		return nil
	})
	if err != nil {
		return summary{}, err
	}
	if got := string(values[string(formatKey)]); got != string(format) {
		return summary{}, foreign("its records have format %q, and not %q", got, format)
	}
	s, err := parseSummary(values[string(summaryKey)])
	if err == nil && s.tx != p.tx {
		err = damaged("its summary is that of transaction %d, and not of %d", s.tx, p.tx)
	}
	return s, err
}

func readRecords(p *pages, bucket entry, want summary, visit func(Record)) error {
	got := summary{tx: p.tx}
	err := p.bucket(bucket, func(e entry) error {
		if e.flags != 0 {
			return damaged("there is a bucket where a record should be")
		}
		r, sum, err := parse(e.key, e.value)
		if err != nil {
			return err
		}
		got.add(sum)
		visit(r)
		return nil
	})
	if err == nil && got != want {
		err = damaged("it has %d records, and %d were written, or others", got.count, want.count)
	}
	return err
}
