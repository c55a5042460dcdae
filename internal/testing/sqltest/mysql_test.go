package sqltest

import (
	"testing"

	"github.com/go-sql-driver/mysql"
)

// TestMySQL reads the texts of the driver's own errors.
func TestMySQL(t *testing.T) {
	state := func(text string) (state [5]byte) { copy(state[:], text); return state }
	for _, test := range []struct {
		name string
		want verdict
		err  error
	}{
		{"deadlock", safe, &mysql.MySQLError{Number: 1213, SQLState: state("40001"), Message: "Deadlock found when trying to get lock"}},
		{"lock wait", safe, &mysql.MySQLError{Number: 1205, SQLState: state("HY000"), Message: "Lock wait timeout exceeded"}},
		{"lock wait, old server", safe, &mysql.MySQLError{Number: 1205, Message: "Lock wait timeout exceeded"}},
		{"no wait", safe, &mysql.MySQLError{Number: 3572, SQLState: state("HY000"), Message: "NOWAIT is set"}},
		{"too many connections", safe, &mysql.MySQLError{Number: 1040, SQLState: state("08004"), Message: "Too many connections"}},
		{"group replication", safe, &mysql.MySQLError{Number: 3101, SQLState: state("40000"), Message: "rollback"}},
		{"shutdown", transient, &mysql.MySQLError{Number: 1053, SQLState: state("08S01"), Message: "Server shutdown in progress"}},
		{"statement's timeout", transient, &mysql.MySQLError{Number: 3024, SQLState: state("HY000"), Message: "execution time exceeded"}},
		{"connection lost", transient, mysql.ErrInvalidConn},
		{"duplicate", never, &mysql.MySQLError{Number: 1062, SQLState: state("23000"), Message: "Duplicate entry 'Error 1213 (40001): '"}},
		{"syntax", never, &mysql.MySQLError{Number: 1064, SQLState: state("42000"), Message: "You have an error"}},
		{"password", never, &mysql.MySQLError{Number: 1045, SQLState: state("28000"), Message: "Access denied"}},
		{"old password", never, mysql.ErrOldPassword},
	} {
		t.Run(test.name, func(t *testing.T) { failure{want: test.want}.check(t, test.err) })
	}
}
