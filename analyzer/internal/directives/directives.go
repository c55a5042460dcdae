// Package directives checks the directives themselves: how they are written, and what their options add up to.
package directives

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that bears its identifier.
var Checks = check.NewList(pages)
