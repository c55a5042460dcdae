package retrysql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"testing"

	"github.com/retrygen/retrygen/runtime/retrysql"
)

// stateError is an error as pgx and lib/pq have it, codeError one as modernc.org/sqlite has it.
type (
	stateError string
	codeError  int
)

func (e stateError) Error() string    { return "SQLSTATE " + string(e) }
func (e stateError) SQLState() string { return string(e) }

func (e codeError) Error() string { return fmt.Sprint("code ", int(e)) }
func (e codeError) Code() int     { return int(e) }

// TestConditions is about errors that no database is needed for. The drivers' own are in internal/testing/sqltest.
func TestConditions(t *testing.T) {
	const never, transient, safe = 0, 1, 2
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", errors.New("refused"))}
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, never},
		{errors.New("no balance"), never},
		{sql.ErrNoRows, never},
		{sql.ErrTxDone, never},
		{sql.ErrConnDone, transient},
		{driver.ErrBadConn, transient},
		{driver.ErrSkip, never},
		{context.Canceled, never},
		{context.DeadlineExceeded, transient},
		{os.ErrDeadlineExceeded, transient},
		{io.EOF, transient},
		{io.ErrUnexpectedEOF, transient},
		{net.ErrClosed, transient},
		{refused, safe},
		{&net.OpError{Op: "dial", Err: context.Canceled}, never},
		{&net.OpError{Op: "dial", Err: &fs.PathError{Err: fs.ErrPermission}}, never},
		{&net.OpError{Op: "dial", Err: &net.AddrError{Err: "missing port"}}, never},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, never},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsTemporary: true}}, safe},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, transient},
		{&net.OpError{Op: "write", Err: errors.New("broken pipe")}, transient},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}, never},

		{stateError("40001"), safe}, {stateError("40P01"), safe}, {stateError("40000"), safe}, {stateError("55P03"), safe},
		{stateError("57P03"), safe}, {stateError("53300"), safe}, {stateError("08001"), safe}, {stateError("08004"), safe},
		{stateError("57P05"), safe}, {stateError("53200"), safe},
		{stateError("08006"), transient}, {stateError("08007"), transient}, {stateError("40003"), transient},
		{stateError("57P01"), transient}, {stateError("57P02"), transient},
		{stateError("08P01"), never}, {stateError("23505"), never}, {stateError("40002"), never}, {stateError("42601"), never},
		{stateError("57014"), transient}, {stateError("57P04"), never}, {stateError("53100"), never}, {stateError("25006"), never},
		{stateError("28P01"), never}, {stateError("XX000"), never}, {stateError(""), never},

		{codeError(5), safe}, {codeError(6), safe}, {codeError(261), safe}, {codeError(517), safe}, {codeError(262), safe},
		{codeError(15), safe}, {codeError(19), never}, {codeError(1), never}, {codeError(13), never}, {codeError(9), never},
		{codeError(1029), never}, // not SQLite's, though its low byte is 5

		// The first error decides, and one that says nothing is passed over.
		{errors.Join(stateError("40001"), sql.ErrTxDone), safe},
		{errors.Join(stateError("23505"), driver.ErrBadConn), never},
		{errors.Join(errors.New("adding"), codeError(5)), safe},
		{fmt.Errorf("adding: %w, and then %w", stateError("08006"), stateError("40001")), transient},
	} {
		if got := retrysql.Transient(test.err); got != (test.want >= transient) {
			t.Errorf("Transient is %v for %v", got, test.err)
		}
		if got := retrysql.Safe(test.err); got != (test.want == safe) {
			t.Errorf("Safe is %v for %v", got, test.err)
		}
	}
}

func Example() {
	// A transaction that loses against another one, and then fails for good.
	failures := []error{stateError("40001"), stateError("40P01"), stateError("23505")}
	transfer := func() (err error) {
		err, failures = failures[0], failures[1:]
		return fmt.Errorf("transfer: %w", err)
	}

	err := transfer()
	for retrysql.Safe(err) {
		fmt.Println("again after", err)
		err = transfer()
	}
	fmt.Println("ended by", err)
	// Output:
	// again after transfer: SQLSTATE 40001
	// again after transfer: SQLSTATE 40P01
	// ended by transfer: SQLSTATE 23505
}
