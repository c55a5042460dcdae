// Package library knows the libraries and the clients that retry.
//
// A library retries the function that it is given, a client its own calls:
//
//	backoff.Retry(fetch, backoff.NewExponentialBackOff()) // Entry and CallLink
//	client.SendMessage(ctx, input)                         // ClientLink
package library

import (
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// The import paths of clients that retry, prefixes but for Retryable, and of the library that Kubernetes waits with.
const (
	Retryable  = "github.com/hashicorp/go-retryablehttp"
	Kubernetes = "k8s.io/client-go/"
	Wait       = "k8s.io/apimachinery/pkg/util/wait"
	failsafe   = "github.com/failsafe-go/failsafe-go"
	awsOne     = "github.com/aws/aws-sdk-go/service/"
	awsTwo     = "github.com/aws/aws-sdk-go-v2/service/"
)

// Name returns the name and the major version of the retry library with an import path: "backoff", "avast", "sethvargo",
// "gax", "failsafe", "kubernetes" or "wait". The name is "" for any other path.
func Name(path string) (name string, major int) {
	path, major = syntax.Unversioned(path)
	switch path {
	case "github.com/cenkalti/backoff", "gopkg.in/cenkalti/backoff.v1", "gopkg.in/cenkalti/backoff.v2":
		return "backoff", major
	case "github.com/avast/retry-go":
		return "avast", major
	case "github.com/sethvargo/go-retry":
		return "sethvargo", major
	case "github.com/googleapis/gax-go":
		return "gax", major
	case "k8s.io/client-go/util/retry":
		return "kubernetes", major
	case Wait:
		return "wait", major
	}
	if strings.HasPrefix(path+"/", failsafe+"/") {
		return "failsafe", major
	}
	return "", 0
}

// Declares reports whether a retry library declares a type, or what it points to.
func Declares(t types.Type) bool {
	declared := declaredIn(t)
	if declared == nil {
		return false
	}
	name, _ := Name(declared.Pkg().Path())
	return name != ""
}

// Retries reports whether a package is a library or client that retries.
func Retries(path string) bool {
	name, _ := Name(path)
	if name != "" || path == Retryable || strings.HasPrefix(path, Kubernetes) {
		return true
	}
	if strings.HasPrefix(path, awsOne) || strings.HasPrefix(path, awsTwo) || strings.HasPrefix(path, google) {
		return true
	}
	return slices.ContainsFunc(clients, func(c client) bool { return c.isIn(path) })
}

// entries are the functions and methods of libraries that call the function that they are given until it succeeds.
var entries = map[string]map[string]bool{
	"backoff": syntax.NameSet("Retry", "RetryNotify", "RetryWithData", "RetryNotifyWithData",
		"RetryNotifyWithTimer", "RetryNotifyWithTimerAndData"),
	"avast":     syntax.NameSet("Do", "DoWithData", "Retrier.Do", "RetrierWithData.Do"),
	"sethvargo": syntax.NameSet("Do", "DoValue", "Constant", "Exponential", "Fibonacci"),
	"gax":       syntax.NameSet("Invoke"),
	"failsafe": syntax.NameSet("Run", "RunWithExecution", "RunAsync", "RunWithExecutionAsync", "RunAsyncWithExecution",
		"Get", "GetWithExecution", "GetAsync", "GetWithExecutionAsync", "GetAsyncWithExecution",
		"Executor.Run", "Executor.RunWithExecution", "Executor.RunAsync", "Executor.RunWithExecutionAsync",
		"Executor.RunAsyncWithExecution", "Executor.Get", "Executor.GetWithExecution", "Executor.GetAsync",
		"Executor.GetWithExecutionAsync", "Executor.GetAsyncWithExecution"),
	"kubernetes": syntax.NameSet("OnError", "RetryOnConflict"),
	"wait": syntax.NameSet("ExponentialBackoff", "ExponentialBackoffWithContext", "Poll", "PollImmediate", "PollInfinite",
		"PollImmediateInfinite", "PollUntil", "PollImmediateUntil", "PollWithContext", "PollImmediateWithContext",
		"PollInfiniteWithContext", "PollImmediateInfiniteWithContext", "PollUntilWithContext", "PollImmediateUntilWithContext",
		"PollUntilContextTimeout", "PollUntilContextCancel"),
}

// Waits reports whether a function of a library waits between attempts for a time that callers notice. After a conflict those of
// Kubernetes wait milliseconds.
func Waits(fn *types.Func) bool {
	name, _ := Entry(fn)
	return name != "" && name != "kubernetes"
}

// Entry returns the library that a function belongs to if it retries what it is given, "" for any other function.
func Entry(fn *types.Func) (name string, major int) {
	if fn == nil || fn.Pkg() == nil {
		return "", 0
	}
	name, major = Name(fn.Pkg().Path())
	if !entries[name][syntax.Qualified(fn)] {
		return "", 0
	}
	return name, major
}
