package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// sqlites are the drivers under test. The one that needs cgo adds itself.
var sqlites = []sqlite{{"sqlite", "?_pragma=busy_timeout(0)"}}

type sqlite struct{ driver, query string }

// TestSQLite makes the database say what it says.
func TestSQLite(t *testing.T) {
	for _, lite := range sqlites {
		for _, test := range []failure{
			{"write lock is taken", safe, "locked", busyLock},
			{"snapshot is old", safe, "locked", busySnapshot},
			{"commit waits for a reader", safe, "locked", busyCommit},
			{"table is being read", safe, "locked", lockedTable},
			{"unique", never, "UNIQUE", statements(`INSERT INTO account VALUES (1, 0)`)},
			{"not null", never, "NOT NULL", statements(`INSERT INTO account VALUES (3, NULL)`)},
			{"foreign key", never, "FOREIGN KEY", statements(`PRAGMA foreign_keys = on`, `INSERT INTO entry VALUES (7)`)},
			{"syntax", never, "syntax error", statements(`INSRT`)},
			{"no such table", never, "no such table", statements(`DELETE FROM absent`)},
			{"read only", never, "readonly", statements(`PRAGMA query_only = on`, `DELETE FROM account`)},
			{"full", never, "full", statements(`PRAGMA max_page_count = 1`, `CREATE TABLE a AS SELECT zeroblob(1000000)`)},
			{"no rows", never, "no rows", noRows},
			{"transaction is done", never, "already been committed", txDone},
			{"cancelled", never, "context canceled", cancelled},
			{"deadline", transient, "deadline exceeded", pastDeadline},
			{"connection is closed", transient, "connection is already closed", connDone},
		} {
			t.Run(lite.driver+" "+test.name, func(t *testing.T) {
				test.check(t, test.do(t, lite.open(t)))
			})
		}
	}
}

// open opens a new database with accounts 1 and 2.
func (lite sqlite) open(t *testing.T) *sql.DB {
	db, err := sql.Open(lite.driver, "file:"+filepath.Join(t.TempDir(), "test.db")+lite.query)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	must(t, db, `CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)`)
	must(t, db, `CREATE TABLE entry (account INTEGER REFERENCES account (id))`)
	must(t, db, `INSERT INTO account VALUES (1, 100), (2, 100)`)
	return db
}

func busyLock(t *testing.T, db *sql.DB) error {
	holder, other := conn(t, db), conn(t, db)
	must(t, holder, `BEGIN IMMEDIATE`)
	_, err := other.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
	return err
}

// busySnapshot writes in a transaction that has read before another one wrote.
func busySnapshot(t *testing.T, db *sql.DB) error {
	reader, writer := conn(t, db), conn(t, db)
	must(t, reader, `PRAGMA journal_mode = wal`)
	must(t, reader, `BEGIN`)
	query(t, reader, `SELECT count(*) FROM account`)
	must(t, writer, `UPDATE account SET balance = 0`)
	_, err := reader.ExecContext(t.Context(), `UPDATE account SET balance = 1`)
	return err
}

// busyCommit commits while another transaction reads.
func busyCommit(t *testing.T, db *sql.DB) error {
	writer, reader := conn(t, db), conn(t, db)
	must(t, writer, `BEGIN IMMEDIATE`)
	must(t, writer, `UPDATE account SET balance = 0`)
	must(t, reader, `BEGIN`)
	query(t, reader, `SELECT count(*) FROM account`)
	_, err := writer.ExecContext(t.Context(), `COMMIT`)
	return err
}

// lockedTable drops a table that is being read.
func lockedTable(t *testing.T, db *sql.DB) error {
	c := conn(t, db)
	rows, err := c.QueryContext(t.Context(), `SELECT id FROM account`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal("no rows")
	}
	_, err = c.ExecContext(t.Context(), `DROP TABLE account`)
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return err
}

func noRows(t *testing.T, db *sql.DB) error {
	var balance int
	return db.QueryRowContext(t.Context(), `SELECT balance FROM account WHERE id = 7`).Scan(&balance)
}

func txDone(t *testing.T, db *sql.DB) error {
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return errors.Join(tx.Commit(), tx.Commit())
}

func cancelled(t *testing.T, db *sql.DB) error {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := db.ExecContext(ctx, `UPDATE account SET balance = 0`)
	return err
}

func pastDeadline(t *testing.T, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	_, err := db.ExecContext(ctx, `UPDATE account SET balance = 0`)
	return err
}

func connDone(t *testing.T, db *sql.DB) error {
	c := conn(t, db)
	c.Close()
	_, err := c.ExecContext(t.Context(), `UPDATE account SET balance = 0`)
	return err
}
