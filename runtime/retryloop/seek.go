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
	part   io.SectionReader
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
	case *io.SectionReader:
		if m.none = s == nil; !m.none {
			m.part = *s
		}
	case *os.File:
		if m.none = s == nil; !m.none {
			m.at, m.err = s.Seek(0, io.SeekCurrent)
		}
	default:
		if m.none = isNil(seeker); !m.none {
			m.at, m.err = seeker.Seek(0, io.SeekCurrent)
		}
	}
	return m
}

// Rewind prepares the seeker for the next attempt. Something that the latest attempt has left behind, such as the
// transport of an HTTP client, may still read it. So a *bytes.Reader, a *strings.Reader and an *io.SectionReader are
// replaced by copies that stand where they stood. Any other seeker is put back after the wait; if it is a file, and the
// parameter an interface, the attempt reads it from a position of its own. If it cannot be put back, such as a file that
// is closed by now, Rewind stops the loop and reports false.
func (m *Mark[S]) Rewind(loop *Loop, seeker *S) bool {
	if m.none || m.copy(seeker) {
		return true
	}
	if m.err == nil {
		_, m.err = m.seeker.Seek(0, io.SeekCurrent)
	}
	if m.err != nil {
		loop.Stop(cannotSeek(m.seeker, m.err))
		return false
	}
	next := seek{seeker: m.seeker, at: m.at}
	if file, ok := any(m.seeker).(*os.File); ok {
		own := &ownFile{file: file, at: m.at}
		if s, ok := any(own).(S); ok {
			*seeker, next.own = s, own
		}
	}
	loop.seeks = append(loop.seeks, next)
	return true
}

// copy replaces a seeker by a copy that stands where it stood, if its type can be copied.
func (m *Mark[S]) copy(seeker *S) bool {
	switch any(m.seeker).(type) {
	case *bytes.Reader:
		own := m.bytes
		*seeker = any(&own).(S)
	case *strings.Reader:
		own := m.text
		*seeker = any(&own).(S)
	case *io.SectionReader:
		own := m.part
		*seeker = any(&own).(S)
	default:
		return false
	}
	return true
}

// seek is what puts a seeker back.
type seek struct {
	seeker io.Seeker
	at     int64
	own    *ownFile // what the attempt reads in its place; may be nil
}

func (s seek) run() error {
	if _, err := s.seeker.Seek(s.at, io.SeekStart); err != nil {
		return cannotSeek(s.seeker, err)
	}
	return nil
}

// settle leaves the caller's file where the attempt that has ended the loop has left its own position.
func (s seek) settle() {
	if s.own != nil {
		_, _ = s.seeker.Seek(s.own.at, io.SeekStart) // The attempt may have closed the file.
	}
}

func cannotSeek(seeker io.Seeker, err error) error {
	return fmt.Errorf("%T cannot be rewound: %w", seeker, err)
}
