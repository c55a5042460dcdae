package sqltest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retrysql"
)

// verdict is what the conditions are to say about an error.
type verdict int

const (
	never     verdict = iota // no condition retries it
	transient                // retried where the work may be done twice
	safe                     // always retried
)

// failure is a way for a database to fail.
type failure struct {
	name string
	want verdict
	text string // a part of the error, so that it is the failure that is meant
	do   func(t *testing.T, db *sql.DB) error
}

func (f failure) check(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if !strings.Contains(err.Error(), f.text) {
		t.Errorf("error %q, want one with %q", err, f.text)
	}
	for _, err := range []error{err, fmt.Errorf("adding 7: %w", err)} {
		if retrysql.Transient(err) != (f.want >= transient) {
			t.Errorf("Transient is %v for %T %v", f.want < transient, err, err)
		}
		if retrysql.Safe(err) != (f.want == safe) {
			t.Errorf("Safe is %v for %T %v", f.want != safe, err, err)
		}
	}
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func must(t *testing.T, db execer, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// query returns the one integer that a query has as its result.
func query(t *testing.T, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, text string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), text).Scan(&n); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// conn returns a connection of its own.
func conn(t *testing.T, db *sql.DB) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// statements returns a failure's do that runs statements on one connection. The last one fails.
func statements(list ...string) func(t *testing.T, db *sql.DB) error {
	return func(t *testing.T, db *sql.DB) error {
		c, last := conn(t, db), len(list)-1
		for _, statement := range list[:last] {
			must(t, c, statement)
		}
		_, err := c.ExecContext(t.Context(), list[last])
		return err
	}
}
