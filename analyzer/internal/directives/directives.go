// Package directives checks the directives themselves: how they are written, and what their options add up to.
//
// Most of its checks ask package advice about the policy of one function. RL105, for example, is
//
//	var _ = Checks.Add("RL105", advised("RL105", "retries", "delay"))
//
// It says nothing of a task if only the running program knows its retries or its delay. It finds that this function is retried
// without a wait:
//
//	//retry:task retries=4
//	func Fetch(ctx context.Context) error { … }
package directives

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)
