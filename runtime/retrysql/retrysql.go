// Package retrysql has ready conditions for databases: which errors of database/sql and its drivers are worth another
// attempt.
//
//	//retry:task retries=5 delay=exponential(20ms) jitter=full cap=1s if=github.com/retrygen/retrygen/runtime/retrysql.Safe
//	func (s *Store) Transfer(ctx context.Context, from, to string, amount int) error {
//		tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
//		if err != nil {
//			return err
//		}
//		defer tx.Rollback()
//		…
//		return tx.Commit()
//	}
//
// repeats the transaction after a serialization failure, a deadlock, a busy database, and while there is no connection.
//
// The task must be the whole transaction, or a single statement outside one: the error of a statement ends the
// transaction around it, and only all of it can be repeated.
//
// [Safe] is the condition to start from. It never repeats what may have been done: if the connection is lost while a
// COMMIT is on its way, it is not known whether the transaction was committed. [Transient] repeats that, too. It is for
// functions that read, and for writes that may be done twice, such as an upsert or an insert with a key of its own.
//
// Both know
//   - drivers whose errors have a method SQLState() string, such as pgx and lib/pq,
//   - SQLite by its result codes: modernc.org/sqlite by its method Code() int, and mattn/go-sqlite3, whose code is a
//     field, by SQLite's own words for it,
//   - go-sql-driver/mysql, whose number is a field, by the number and SQLSTATE at the start of its text,
//   - errors of database/sql, net and io, and the method SafeToRetry() bool of pgx.
//
// An error that is not known is not retried. For another driver write a condition of your own around one of these:
//
//	func retryable(err error) bool {
//		var failed mssql.Error
//		return retrysql.Safe(err) || errors.As(err, &failed) && failed.Number == 1205 // chosen as a deadlock victim
//	}
package retrysql

// Safe reports whether err says that the database has done nothing, and may succeed later:
//   - the transaction was rolled back for another one: SQLSTATE 40000, 40001 (serialization failure) and 40P01 (deadlock),
//     a lock that is not available (55P03, 55006), a SQLite database or table that is busy or locked, MySQL's 1205, 1213
//     and 3572;
//   - no connection was made: refused, no route, a timeout of the dial; the server is starting or stopping (57P03) or has
//     no connection left (53300, 08001, 08004, MySQL's 1040 and 1203);
//   - the server has no memory left (53000, 53200);
//   - the connection was closed while it was idle (57P05).
//
// Every other error is not safe. [database/sql/driver.ErrBadConn] and the method SafeToRetry() bool of pgx are meant to
// say that nothing was done, but lib/pq and pgx were seen to say so of a COMMIT that was done and whose answer was lost.
func Safe(err error) bool { return classify(err) == undone }

// Transient reports whether err may pass, whether or not the database has done its work: everything that is [Safe], and
//   - a connection that was lost: reset, closed, [database/sql/driver.ErrBadConn], [database/sql.ErrConnDone], an error of
//     pgx with SafeToRetry, SQLSTATE 08000, 08003, 08006, 08S01, a server that is shut down or has crashed (57P01, 57P02,
//     MySQL's 1053 and 1927);
//   - an outcome that is not known (08007, 40003);
//   - a timeout of the connection, the statement or the attempt's context (57014, which is also what an operator's cancel
//     is, and MySQL's 3024). Where the caller's own context has ended, no attempt follows.
//
// It returns false for errors that repeat themselves: violated constraints, syntax errors, a wrong password or database,
// [database/sql.ErrNoRows], [database/sql.ErrTxDone] and [context.Canceled].
func Transient(err error) bool {
	class := classify(err)
	return class == undone || class == lost
}
