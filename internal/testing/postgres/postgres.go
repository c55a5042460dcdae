//go:build unix

// Package postgres starts PostgreSQL servers for tests.
//
//	db, err := sql.Open("pgx", postgres.Start(t).URL("postgres", "postgres"))
package postgres

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Server is a PostgreSQL server of a test, with a directory of its own.
type Server struct {
	Port     int // on 127.0.0.1
	bin, dir string
	as       *syscall.Credential // PostgreSQL does not run as root
}

// Start starts a server that ends with the test. Without PostgreSQL the test is skipped, but not where CI is set.
func Start(t testing.TB) *Server {
	t.Helper()
	bin := findPostgres()
	if bin == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is not installed; apt-get install postgresql")
		}
		t.Skip("PostgreSQL is not installed (no initdb in PATH or /usr/lib/postgresql)")
	}
	dir, err := os.MkdirTemp("", "postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{bin: bin, dir: dir, Port: FreePort(t), as: unprivileged(t)}
	if s.as != nil {
		if err := os.Chown(dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	s.Run(t, "initdb", "--auth=trust", "--username=postgres", "--no-sync", "--locale=C", "--encoding=UTF8", "-D", s.Data())
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s", s.Port, dir) +
		" -c fsync=off -c deadlock_timeout=20ms"
	s.Run(t, "pg_ctl", "-D", s.Data(), "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start")
	t.Cleanup(func() { _ = s.command("pg_ctl", "-D", s.Data(), "-m", "immediate", "stop").Run() })
	return s
}

// Data returns the directory of the database.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

// URL returns the address of a database for drivers.
func (s *Server) URL(user, database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", user, s.Port, database)
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// Run runs a command of PostgreSQL, such as pg_ctl.
func (s *Server) Run(t testing.TB, name string, args ...string) {
	t.Helper()
	// A file, not a pipe: the server keeps it open.
	out, err := os.Create(filepath.Join(s.dir, name+".out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := s.command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
}

// findPostgres returns the directory of initdb and pg_ctl.
func findPostgres() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// unprivileged returns another user to run as, nil for the one we are.
func unprivileged(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			uid, _ := strconv.ParseUint(found.Uid, 10, 32)
			gid, _ := strconv.ParseUint(found.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("neither a user postgres nor a user nobody to run PostgreSQL as")
	return nil
}

// FreePort returns a port that nothing listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
