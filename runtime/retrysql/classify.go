package retrysql

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
)

// class is what an error says about another attempt.
type class int

const (
	unknown   class = iota // says nothing
	permanent              // does not pass
	lost                   // may pass; the database may have done the work
	undone                 // may pass; the database has done nothing
)

// classify returns what the first error that says anything says, from the outermost to the innermost: errors that are
// joined to the first one, such as the failure of a rollback, only follow from it.
func classify(err error) class {
	if err == nil {
		return unknown
	}
	if class := classifyOne(err); class != unknown {
		return class
	}
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		return classify(wrapper.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			if class := classify(inner); class != unknown {
				return class
			}
		}
		return unknown
	}
	return classifyText(err.Error())
}

// classifyOne looks at an error without what it wraps.
func classifyOne(err error) class {
	if class := classifyValue(err); class != unknown {
		return class
	}
	if class := classifyDriver(err); class != unknown {
		return class
	}
	return classifyNet(err)
}

func classifyValue(err error) class {
	switch err {
	case context.Canceled, sql.ErrNoRows, sql.ErrTxDone:
		return permanent
	case context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed:
		return lost
	}
	return unknown
}

// classifyDriver looks at the methods that the errors of drivers have.
func classifyDriver(err error) class {
	switch err := err.(type) {
	case interface{ SQLState() string }:
		return classifyState(err.SQLState())
	case interface{ Code() int }:
		if busy(err.Code()) {
			return undone
		}
	case interface{ SafeToRetry() bool }:
		// pgx says so even of a connection that was lost after COMMIT was sent, so it proves nothing.
		if err.SafeToRetry() && !errors.Is(err.(error), context.Canceled) {
			return lost
		}
	}
	return unknown
}

func classifyNet(err error) class {
	switch err := err.(type) {
	case *net.OpError:
		return classifyOp(err)
	case *net.DNSError:
		if err.IsNotFound && !err.Temporary() {
			return permanent
		}
		return undone
	case *net.AddrError, *net.ParseError, net.UnknownNetworkError, net.InvalidAddrError, *tls.CertificateVerificationError:
		return permanent
	case net.Error:
		if err.Timeout() {
			return lost
		}
	}
	return unknown
}

// classifyOp looks at an operation of the network. A dial comes before anything is sent.
func classifyOp(op *net.OpError) class {
	switch op.Op {
	case "dial":
		if classify(op.Err) == permanent || errors.Is(op.Err, fs.ErrPermission) {
			return permanent
		}
		return undone
	case "remote error", "local error": // crypto/tls: one side refuses the other
		return permanent
	}
	if classify(op.Err) == permanent {
		return permanent
	}
	return lost
}
