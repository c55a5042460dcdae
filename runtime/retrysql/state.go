package retrysql

import (
	"strconv"
	"strings"
)

// classifyState looks at an SQLSTATE. Those without a class of their own are permanent: the database has answered.
func classifyState(state string) class {
	switch state {
	case "40000", // transaction rollback
		"40001", // serialization failure
		"40P01", // deadlock detected
		"55006", // object in use
		"55P03", // lock not available
		"08001", // client cannot connect
		"08004", // server rejects the connection
		"53000", // insufficient resources
		"53200", // out of memory
		"53300", // too many connections
		"57P03", // cannot connect now
		"57P05": // idle session timeout
		return undone
	case "08000", // connection exception
		"08003", // connection does not exist
		"08006", // connection failure
		"08007", // transaction resolution unknown
		"08S01", // communication link failure
		"40003", // statement completion unknown
		"57014", // query canceled: by statement_timeout, or by lib/pq when the attempt's context has ended
		"57P01", // admin shutdown
		"57P02": // crash shutdown
		return lost
	}
	return permanent
}

// The result codes of SQLite (https://www.sqlite.org/rescode.html), those that pass. An extended code is listed in full,
// so that a Code method of another library is not taken for SQLite's.
const (
	sqliteBusy              = 5
	sqliteLocked            = 6
	sqliteProtocol          = 15
	sqliteBusyRecovery      = sqliteBusy | 1<<8
	sqliteBusySnapshot      = sqliteBusy | 2<<8
	sqliteBusyTimeout       = sqliteBusy | 3<<8
	sqliteLockedSharedCache = sqliteLocked | 1<<8
	sqliteLockedVtab        = sqliteLocked | 2<<8
)

func busy(code int) bool {
	switch code {
	case sqliteBusy, sqliteBusyRecovery, sqliteBusySnapshot, sqliteBusyTimeout,
		sqliteLocked, sqliteLockedSharedCache, sqliteLockedVtab, sqliteProtocol:
		return true
	}
	return false
}

// classifyText looks at the words of an error that has neither a value nor a method to tell it by.
func classifyText(text string) class {
	switch {
	case strings.HasPrefix(text, "database is locked"), // mattn/go-sqlite3, with the words of SQLite
		strings.HasPrefix(text, "database table is locked"),
		text == "locking protocol":
		return undone
	case text == "invalid connection": // go-sql-driver/mysql
		return lost
	}
	return classifyMySQL(text)
}

// classifyMySQL looks at a text of go-sql-driver/mysql, "Error 1213 (40001): …".
func classifyMySQL(text string) class {
	rest, ok := strings.CutPrefix(text, "Error ")
	if !ok {
		return unknown
	}
	head, _, ok := strings.Cut(rest, ": ")
	if !ok {
		return unknown
	}
	digits, state, _ := strings.Cut(head, " ")
	number, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return unknown
	}
	switch number {
	case 1205, // lock wait timeout
		1213, // deadlock
		3572, // lock not available (NOWAIT)
		1040, // too many connections
		1203: // too many connections of this user
		return undone
	case 1053, // server shutdown in progress
		1927, // connection was killed (MariaDB)
		3024: // statement took longer than max_execution_time
		return lost
	}
	if len(state) != len("(40001)") {
		return unknown
	}
	return classifyState(state[1:6])
}
