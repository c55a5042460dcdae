// Package store keeps the records of flow runs in files, so that a flow whose process was killed goes on from there:
//
//	//retry:flow retries=2 delay=1m
//	func Nightly(ctx context.Context, day string) error {
//		orders, err := ExtractWithRetry(ctx, day) // a task with checkpoint=durable
//		if err != nil {
//			return err
//		}
//		return LoadWithRetry(ctx, orders) // another one
//	}
//
//	func main() {
//		runs, err := store.Open("/var/lib/nightly")
//		if err != nil {
//			log.Fatal(err)
//		}
//		ctx := retry.WithRun(context.Background(), runs, "nightly-2026-11-23")
//		if err := NightlyWithRetry(ctx, "2026-11-23"); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// If the program is started again after a crash, under the same name, it continues: it calls no task that had succeeded,
// since the results are in the run's file. A record is on the disk before the wrapper of its task returns. A task that was
// running when the process died runs again. So does a task that had just succeeded, if its record was not on the disk yet.
//
// # Runs
//
// A run is the memory of one piece of work: tonight's job, this customer's import. Its name says which. The same name
// means the same work, so put into it what differs from one piece to the next, such as the day. Records stay when the
// flow has ended, whether it failed or succeeded. [Store.Runs] lists the runs.
//
// A finished run is safe to delete, by [Store.Delete] or by removing its file, if the same work is not started again.
// If a run is deleted before it has finished, its next flow starts from the beginning.
//
// Each run is one file, run-NAME.db, in the store's directory. In NAME all bytes but a-z, 0-9, '.', '_' and '-' are
// written as % and two hexadecimal digits. Programs with different runs may share a directory. A run is open once at a
// time: a second flow that asks for it, in the same process or in another, gets [ErrRunHeld] at once. The lock is the
// operating system's lock on the file, so it ends with the process, in whatever way the process ends. A copy of a run's
// file, made while the run is not open, is a run itself.
//
// # Attempts
//
// A run counts the attempts of its flow, over all processes, and keeps when the next one is due. A flow whose process
// dies is not attempted more often than its policy says: Nightly above is called three times in all, and then its wrapper
// returns an error of reason retry.ReasonAttempts. A flow without retries has one attempt. The count ends when an
// attempt succeeds. A person who has removed the cause allows more attempts by retry.FreshAttempts, or by
// [Store.ResetProgress]; all records are kept. [Store.Progress] returns the count.
//
// # Records
//
// [Store.Records] lists the calls that have succeeded, [Store.Unfinished] those that have no results, and
// [Store.Record] returns one call. A single record can be changed while the run is not open:
//
//   - [Store.DeleteRecord] deletes it, so that the next flow calls this task again, and no other.
//   - [Store.SetResults] records results, for a task that was done by hand.
//
// # Changed code
//
// A record's key covers the arguments of the call, and the types of the task's parameters and results with all their
// fields. A task that is called with other arguments, or whose types have changed, is not found and runs. It never gets
// the results of another call. The key does not cover the task's code: after a fix, use a new name, delete the task's
// records, or use retry.RefreshCheckpoints.
//
// # Secrets
//
// Results are stored as JSON, in clear text. So are the names and types of tasks, and the first 200 bytes or so of the
// arguments, as [Record] shows them. Directories are made with mode 0700, files with 0600. A task whose arguments or
// results hold a password, a token or personal data should not have checkpoint=durable, or the directory should be on
// an encrypted disk.
//
// # Damage
//
// To open a run reads its file to the end, and compares every record with its checksum, and all of them with a
// checksum of the whole. A file that is damaged in any way is [ErrDamaged]. What does not belong to a store is
// [ErrForeign]. Neither is ever written to. Errors of the disk, such as a missing permission, are the operating
// system's. To go on in spite of a damaged file, move it away: the run starts from the beginning.
//
// # Platforms
//
// The files are bbolt databases (go.etcd.io/bbolt) in the byte order of the machine. The directory should be on a local
// file system that has hard links; locks and mapped memory are not reliable on network file systems. On Windows, modes
// have no meaning and directories are not synchronized, so a run that was new when the power failed may be lost. On
// Android, Solaris and AIX locks work between processes only, not between the flows of one process.
package store
