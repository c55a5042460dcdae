// Package funcs checks the functions that directives stand above, and the files that are generated for them.
//
// Most of its checks look at the signature of one function. RL203, for example, is
//
//	var _ = Checks.Add("RL203", check.EachTask(rl203))
//
// and finds that the first attempt of this function leaves nothing to read for the others:
//
//	//retry:task retries=4 delay=1
//	func Upload(ctx context.Context, body io.Reader) error { … }
package funcs

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)
