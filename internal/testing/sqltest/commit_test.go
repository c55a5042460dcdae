//go:build unix

package sqltest

import (
	"bytes"
	"database/sql"
	"fmt"
	"net"
	"testing"

	"github.com/retrygen/retrygen/runtime/retrysql"
)

// TestCommitUnknown loses the answer to a COMMIT that was done: the deposit is there once, whatever the driver calls it.
func TestCommitUnknown(t *testing.T) {
	server := startCluster(t)
	for _, driver := range []string{"pgx", "postgres"} {
		t.Run(driver, func(t *testing.T) {
			direct := server.open(t, driver)
			db, err := sql.Open(driver, at(loseCommit(t, server.Port)).URL("postgres", "postgres"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = bank{db}.depositWithRetry(t.Context(), 7)
			(failure{want: transient}).check(t, err)
			if n := query(t, direct, `SELECT count(*) FROM deposit`); n != 1 {
				t.Errorf("%d deposits after %v, want 1", n, err)
			}
		})
	}
}

// TestCommitTwice repeats what may be done twice.
func TestCommitTwice(t *testing.T) {
	server := startCluster(t)
	direct := server.open(t, "pgx")
	db, err := sql.Open("pgx", at(loseCommit(t, server.Port)).URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := (bank{db}).setWithRetry(t.Context(), 1, 7); err != nil {
		t.Errorf("error %v after a second attempt (transient: %v)", err, retrysql.Transient(err))
	}
	if balance := query(t, direct, `SELECT balance FROM account WHERE id = 1`); balance != 7 {
		t.Errorf("balance %d, want 7", balance)
	}
}

// loseCommit starts a proxy and returns its port. It ends the first connection that a COMMIT was sent on, after the server
// has answered, and keeps the answer.
func loseCommit(t *testing.T, port int) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	lost := make(chan struct{}, 1)
	lost <- struct{}{}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, port, lost)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// pass passes on what client and server say, by turns, until the commit. The client asks, and the server answers up to
// ReadyForQuery; at the start it may answer in parts, so both directions run at once.
func pass(client net.Conn, port int, lost chan struct{}) {
	defer client.Close()
	server, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		return
	}
	defer server.Close()
	committing := make(chan struct{})
	go func() {
		defer server.Close()
		for buffer := make([]byte, 1<<16); ; {
			n, err := client.Read(buffer)
			if bytes.Contains(bytes.ToUpper(buffer[:n]), []byte("COMMIT")) {
				select {
				case <-lost:
					close(committing)
				default:
				}
			}
			if _, writeErr := server.Write(buffer[:n]); err != nil || writeErr != nil {
				return
			}
		}
	}()
	for buffer := make([]byte, 1<<16); ; {
		n, err := server.Read(buffer)
		select {
		case <-committing: // n bytes are the answer
			return
		default:
		}
		if _, writeErr := client.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}
