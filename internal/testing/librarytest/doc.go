// Package librarytest compares directives with the policies of retry libraries that [Coming from] says they replace: both make
// the same attempts, with waits from the same intervals. The versions are those in go.mod.
//
// [Coming from]: https://github.com/retrygen/retrygen/blob/main/docs/coming-from.md
package librarytest

//go:generate go tool retrygen
