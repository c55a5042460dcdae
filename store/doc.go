// Package store keeps the records of flow runs in files, so that a flow whose process was killed goes on where it was:
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
// Started again after a crash, under the same name, the program calls no task that had succeeded: what it gave is in
// the run's file. A record is on the disk before the wrapper of its task returns. What ran when the process died, and
// what had succeeded so shortly before that its record was not yet on the disk, runs again.
//
// # Runs
//
// A run is the memory of one piece of work: tonight's job, this customer's import. Its name says which; a name that is
// used again means the same work, so put into it what tells one piece from the next, such as the day. Records stay
// when the flow has ended, whether it failed or succeeded. [Store.Runs] and [Store.Records] show what there is.
//
// A finished run is safe to delete, by [Store.Delete] or by removing its file, when the same work is not to be started
// again: all that is lost is the memory that it was done. To delete a run that has not finished means that it starts
// afresh.
//
// Each run is one file, run-NAME.db, in the store's directory; in NAME all bytes but a-z, 0-9, '.', '_' and '-' are
// written as % and two hexadecimal digits. Programs with different runs may share a directory. One run is open once at
// a time: a second flow that asks for it, in the same process or in another, gets [ErrRunHeld] at once. The lock is the
// operating system's on the file, so it ends with the process, however that ends. A copy of a run's file, made while
// nobody has the run open, is a run itself.
//
// # Changed code
//
// What a task is called with is part of its record's key, and so are the types of its arguments and results with all
// their fields. A task that is called with other arguments, or whose types have changed since, is not found and runs;
// no result of another call is ever given. That a task's code has changed is not seen: after a deployment that mends
// a task, use a new name, or say retry.RefreshCheckpoints.
//
// # Secrets
//
// Results are stored as JSON, in clear text, with the names of the tasks; arguments are not stored, but a digest of
// them is. Directories are made with mode 0700, files with 0600. A task whose results hold a password, a token or what
// the law protects should not have checkpoint=durable, or the directory should be on an encrypted disk.
//
// # Damage
//
// Opening a run reads its file to the end, and compares every record with its checksum and all of them with their sum.
// A file that is damaged, by however little, is [ErrDamaged], and one that is none of a store is [ErrForeign]; neither
// is ever written to. What belongs to the disk, such as missing permission, is the operating system's error. To go on
// nevertheless, move the file out of the way: the run starts afresh.
//
// # Platforms
//
// The files are bbolt databases (go.etcd.io/bbolt) in the byte order of the machine. The directory belongs on a local
// file system that has hard links; network file systems promise too little of locks and mapped memory. On Windows
// modes mean nothing and directories are not synchronized, so that a run that was new when the power failed may be
// gone. On Android, Solaris and AIX locks tell only processes apart, and not the flows of one.
package store
