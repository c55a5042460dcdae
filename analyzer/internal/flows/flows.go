// Package flows checks flows and their checkpoints: which results can be recorded, and whether a flow makes the same calls
// again.
//
// Two questions are behind its checks. What of a type can a later attempt use? RL208 and RL209 ask it of results, with
// resource.go, part.go and write.go. Where does a value come from? RL306 asks it of contexts, with origin.go, and RL307 of
// arguments, with variation.go:
//
//	//retry:flow retries=2 delay=1
//	func Nightly(ctx context.Context) error {
//		day := time.Now().String()              // varies from attempt to attempt
//		return ReportWithRetry(ctx, day)        // RL307: its record is not found again
//	}
package flows

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)
