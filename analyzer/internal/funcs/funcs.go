// Package funcs checks the functions that directives stand above, and the files that are generated for them.
package funcs

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that bears its identifier.
var Checks = check.NewList(pages)
