package retryloop

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// Mark is where a parameter stood before the first attempt, of type io.ReadSeeker or another type with its methods.
type Mark[S io.Seeker] struct {
	seeker S
	at     int64
	err    error
	none   bool // the parameter is nil
	bytes  bytes.Reader
	text   strings.Reader
}

// MarkOf returns where a seeker stands. A seeker that cannot say it is an error only when it would have to be read again.
func MarkOf[S io.Seeker](seeker S) Mark[S] {
	m := Mark[S]{seeker: seeker}
	switch s := any(seeker).(type) {
	case *bytes.Reader:
		if m.none = s == nil; !m.none {
			m.bytes = *s
		}
	case *strings.Reader:
		if m.none = s == nil; !m.none {
			m.text = *s
		}
	case *os.File:
		if m.none = s == nil; !m.none {
			m.at, m.err = s.Seek(0, io.SeekCurrent)
		}
	case nil:
		m.none = true
	default:
		m.at, m.err = seeker.Seek(0, io.SeekCurrent)
	}
	return m
}

// Rewind prepares the seeker for the next attempt. Something that the latest attempt has left behind, such as the
// transport of an HTTP client, may still read it. So a *bytes.Reader and a *strings.Reader are replaced by copies that
// stand where they stood, and any other seeker is put back after the wait. If it cannot be put back, such as a file that
// is closed by now, Rewind stops the loop and reports false.
func (m *Mark[S]) Rewind(loop *Loop, seeker *S) bool {
	switch s := any(m.seeker).(type) {
	case *bytes.Reader:
		if s != nil {
			own := m.bytes
			*seeker = any(&own).(S)
		}
		return true
	case *strings.Reader:
		if s != nil {
			own := m.text
			*seeker = any(&own).(S)
		}
		return true
	}
	if m.none {
		return true
	}
	if m.err == nil {
		_, m.err = m.seeker.Seek(0, io.SeekCurrent)
	}
	if m.err != nil {
		loop.Stop(cannotSeek(m.seeker, m.err))
		return false
	}
	loop.seeks = append(loop.seeks, seek{m.seeker, m.at})
	return true
}

// seek is what puts a seeker back.
type seek struct {
	seeker io.Seeker
	at     int64
}

func (s seek) run() error {
	if _, err := s.seeker.Seek(s.at, io.SeekStart); err != nil {
		return cannotSeek(s.seeker, err)
	}
	return nil
}

func cannotSeek(seeker io.Seeker, err error) error {
	return fmt.Errorf("%T cannot be rewound: %w", seeker, err)
}
