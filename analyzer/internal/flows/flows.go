// Package flows checks flows and what they remember: which results can be given again, and whether a flow asks for the same again.
package flows

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that bears its identifier.
var Checks = check.NewList(pages)
