//go:build unix

package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"

	"github.com/retrygen/retrygen/internal/testing/postgres"
)

// TestPostgres makes the server say what it says, to both drivers.
func TestPostgres(t *testing.T) {
	server := startCluster(t)
	for _, driver := range []string{"pgx", "postgres"} {
		for _, test := range []failure{
			{"serialization failure", safe, "could not serialize", serialization},
			{"deadlock", safe, "deadlock detected", deadlock},
			{"lock is not available", safe, "could not obtain lock", noWait},
			{"database is in use", safe, "being accessed by other users", inUse},
			{"no connection left", safe, "too many connections", server.noneLeft("few", driver)},
			{"refused", safe, "refused", server.refused(driver)},
			{"session is ended", transient, "", terminated},
			{"unique", never, "duplicate key", statements(`INSERT INTO account VALUES (1, 0)`)},
			{"not null", never, "not-null", statements(`INSERT INTO account VALUES (3, NULL)`)},
			{"check", never, "is violated by", statements(`ALTER TABLE account ADD CHECK (balance < 1)`)},
			{"syntax", never, "syntax error", statements(`INSRT`)},
			{"no such table", never, "does not exist", statements(`DELETE FROM absent`)},
			{"division", never, "division by zero", statements(`SELECT 1/0`)},
			{"read only", never, "read-only", statements(`BEGIN READ ONLY`, `DELETE FROM account`)},
			{"transaction is aborted", never, "aborted", abortedTx},
			{"statement's timeout", transient, "statement timeout", statements(`SET statement_timeout = 10`, `SELECT pg_sleep(600)`)},
			{"no such database", never, "does not exist", server.database(driver, "nothing")},
			{"no such host", never, "no such host", noHost(driver)},
			{"attempt's timeout", transient, "", attemptTimeout},
			{"no rows", never, "no rows", noRows},
			{"transaction is done", never, "already been committed", txDone},
			{"cancelled", never, "context canceled", cancelled},
			{"connection is closed", transient, "connection is already closed", connDone},
		} {
			t.Run(driver+" "+test.name, func(t *testing.T) {
				test.check(t, test.do(t, server.open(t, driver)))
			})
		}
	}
}

// TestShutdown asks a server that is about to end, and one that has crashed.
func TestShutdown(t *testing.T) {
	for _, driver := range []string{"pgx", "postgres"} {
		t.Run(driver, func(t *testing.T) {
			server := startCluster(t)
			db := server.open(t, driver)
			victim, other := conn(t, db), conn(t, db)
			// The server ends all sessions when one of them is killed, and starts again.
			if err := syscall.Kill(query(t, victim, `SELECT pg_backend_pid()`), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			crashed := failure{want: transient}
			_, err := victim.ExecContext(t.Context(), `UPDATE account SET balance = 0`)
			crashed.check(t, err)
			for err = nil; err == nil; {
				_, err = other.ExecContext(t.Context(), `UPDATE account SET balance = 0`)
			}
			crashed.check(t, err)
		})
	}
}

// TestStopping asks for a connection while a smart shutdown waits for the last session.
func TestStopping(t *testing.T) {
	server := startCluster(t)
	session := conn(t, server.open(t, "pgx"))
	server.Run(t, "pg_ctl", "-D", server.Data(), "-m", "smart", "-W", "stop")
	for _, driver := range []string{"pgx", "postgres"} {
		db, err := sql.Open(driver, server.URL("postgres", "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for err == nil { // until the signal has arrived
			db.SetMaxIdleConns(0)
			err = db.PingContext(t.Context())
		}
		(failure{want: safe, text: "shutting down"}).check(t, err)
	}
	session.Close()
}

// TestTransfers has many transactions that collide. None is lost and none is done twice.
func TestTransfers(t *testing.T) {
	db := startCluster(t).open(t, "pgx")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				if err := (bank{db}).transferWithRetry(t.Context(), 1, 2, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	left, right := query(t, db, `SELECT balance FROM account WHERE id = 1`), query(t, db, `SELECT balance FROM account WHERE id = 2`)
	if left != 20 || right != 180 {
		t.Errorf("balances %d and %d, want 20 and 180", left, right)
	}
}

// cluster is a PostgreSQL server of a test.
type cluster struct{ *postgres.Server }

func startCluster(t *testing.T) *cluster { return &cluster{postgres.Start(t)} }

// at returns a server that is reached on a port of its own.
func at(port int) *cluster { return &cluster{&postgres.Server{Port: port}} }

// open connects, and makes accounts 1 and 2.
func (c *cluster) open(t *testing.T, driver string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, c.URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	must(t, db, `DROP TABLE IF EXISTS account, deposit`)
	must(t, db, `CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)`)
	must(t, db, `INSERT INTO account VALUES (1, 100), (2, 100)`)
	must(t, db, `CREATE TABLE deposit (id SERIAL, amount INTEGER)`)
	return db
}

// noneLeft connects as a user who may have no connection.
func (c *cluster) noneLeft(user, driver string) func(t *testing.T, db *sql.DB) error {
	return func(t *testing.T, db *sql.DB) error {
		must(t, db, `DROP ROLE IF EXISTS `+user)
		must(t, db, `CREATE ROLE `+user+` LOGIN CONNECTION LIMIT 0`)
		return ping(t, driver, c.URL(user, "postgres"))
	}
}

func (c *cluster) database(driver, name string) func(t *testing.T, db *sql.DB) error {
	return func(t *testing.T, _ *sql.DB) error { return ping(t, driver, c.URL("postgres", name)) }
}

func (c *cluster) refused(driver string) func(t *testing.T, db *sql.DB) error {
	return func(t *testing.T, _ *sql.DB) error {
		return ping(t, driver, at(postgres.FreePort(t)).URL("postgres", "postgres"))
	}
}

func noHost(driver string) func(t *testing.T, db *sql.DB) error {
	return func(t *testing.T, _ *sql.DB) error {
		err := ping(t, driver, "postgres://postgres@bank.invalid/postgres?sslmode=disable")
		if lookup := (*net.DNSError)(nil); errors.As(err, &lookup) && !lookup.IsNotFound {
			t.Skip("no name server: ", err)
		}
		return err
	}
}

func ping(t *testing.T, driver, url string) error {
	t.Helper()
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return db.PingContext(t.Context())
}

// serialization is a write skew: each transaction reads what the other writes.
func serialization(t *testing.T, db *sql.DB) error {
	one, two := begin(t, db, sql.LevelSerializable), begin(t, db, sql.LevelSerializable)
	query(t, one, `SELECT sum(balance) FROM account`)
	query(t, two, `SELECT sum(balance) FROM account`)
	must(t, one, `UPDATE account SET balance = 0 WHERE id = 1`)
	must(t, two, `UPDATE account SET balance = 0 WHERE id = 2`)
	if err := one.Commit(); err != nil {
		t.Fatal(err)
	}
	return two.Commit()
}

func deadlock(t *testing.T, db *sql.DB) error {
	one, two := begin(t, db, sql.LevelDefault), begin(t, db, sql.LevelDefault)
	must(t, one, `UPDATE account SET balance = 0 WHERE id = 1`)
	must(t, two, `UPDATE account SET balance = 0 WHERE id = 2`)
	failed := make(chan error)
	cross := func(tx *sql.Tx, id int) {
		_, err := tx.ExecContext(context.WithoutCancel(t.Context()), `UPDATE account SET balance = 1 WHERE id = $1`, id)
		failed <- errors.Join(err, tx.Rollback())
	}
	go cross(one, 2)
	go cross(two, 1)
	return errors.Join(<-failed, <-failed)
}

func noWait(t *testing.T, db *sql.DB) error {
	one, two := begin(t, db, sql.LevelDefault), begin(t, db, sql.LevelDefault)
	must(t, one, `UPDATE account SET balance = 0`)
	_, err := two.ExecContext(t.Context(), `SELECT * FROM account FOR UPDATE NOWAIT`)
	return err
}

func inUse(t *testing.T, db *sql.DB) error {
	conn(t, db) // the other user
	_, err := conn(t, db).ExecContext(t.Context(), `CREATE DATABASE copy TEMPLATE postgres`)
	return err
}

// terminated is a transaction whose session another one ends.
func terminated(t *testing.T, db *sql.DB) error {
	tx := begin(t, db, sql.LevelDefault)
	pid := query(t, tx, `SELECT pg_backend_pid()`)
	must(t, db, fmt.Sprintf(`SELECT pg_terminate_backend(%d, 10000)`, pid))
	_, err := tx.ExecContext(t.Context(), `UPDATE account SET balance = 0`)
	return err
}

// attemptTimeout ends the context of a statement that runs.
func attemptTimeout(t *testing.T, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := db.ExecContext(ctx, `SELECT pg_sleep(600)`)
	return err
}

func abortedTx(t *testing.T, db *sql.DB) error {
	tx := begin(t, db, sql.LevelDefault)
	_, _ = tx.ExecContext(t.Context(), `SELECT 1/0`)
	_, err := tx.ExecContext(t.Context(), `SELECT 1`)
	return err
}

func begin(t *testing.T, db *sql.DB, level sql.IsolationLevel) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}
