package analyzer

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"
	"time"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
)

// The packages of libraries and clients that retry.
const (
	retryablePath = "github.com/hashicorp/go-retryablehttp"
	kubernetes    = "k8s.io/client-go/"
	awsOne        = "github.com/aws/aws-sdk-go/service/"
	awsTwo        = "github.com/aws/aws-sdk-go-v2/service/"
)

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// unversioned cuts the major version off an import path and gives it, 1 where there is none.
func unversioned(path string) (string, int) {
	at := strings.LastIndexByte(path, '/')
	if at < 0 || !versionPattern.MatchString(path[at+1:]) {
		return path, 1
	}
	major := 0
	for _, c := range path[at+2:] {
		major = 10*major + int(c-'0')
	}
	return path[:at], major
}

// library names a retry library by its import path: "backoff", "avast", "sethvargo", "gax", "kubernetes", or "".
func library(path string) (name string, major int) {
	path, major = unversioned(path)
	switch path {
	case "github.com/cenkalti/backoff":
		return "backoff", major
	case "github.com/avast/retry-go":
		return "avast", major
	case "github.com/sethvargo/go-retry":
		return "sethvargo", major
	case "github.com/googleapis/gax-go":
		return "gax", major
	case "k8s.io/client-go/util/retry":
		return "kubernetes", major
	}
	return "", 0
}

// isRetrying reports whether a package is a library or client that retries.
func isRetrying(path string) bool {
	name, _ := library(path)
	return name != "" || path == retryablePath || strings.HasPrefix(path, kubernetes) ||
		strings.HasPrefix(path, awsOne) || strings.HasPrefix(path, awsTwo)
}

// entries are the functions and methods of libraries that run what they are handed, until it succeeds.
var entries = map[string]map[string]bool{
	"backoff":    set("Retry", "RetryNotify", "RetryWithData", "RetryNotifyWithData", "RetryNotifyWithTimer", "RetryNotifyWithTimerAndData"),
	"avast":      set("Do", "DoWithData", "Retrier.Do", "RetrierWithData.Do"),
	"sethvargo":  set("Do", "DoValue", "Constant", "Exponential", "Fibonacci"),
	"gax":        set("Invoke"),
	"kubernetes": set("OnError", "RetryOnConflict"),
}

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, name := range names {
		m[name] = true
	}
	return m
}

// entry gives the library whose retrying function a call calls, "" for any other.
func entry(fn *types.Func) (name string, major int) {
	if fn == nil || fn.Pkg() == nil {
		return "", 0
	}
	name, major = library(fn.Pkg().Path())
	if !entries[name][qualified(fn)] {
		return "", 0
	}
	return name, major
}

// qualified is "Func" or "Type.Method".
func qualified(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}

// libraryLink is the layer that a library's call makes, nil for any other call. The number of attempts is that of a
// constant in sight; else the library's default, or unlimited where time alone ends it.
func libraryLink(info *types.Info, fn *types.Func, call *ast.CallExpr) *chain.Link {
	name, _ := entry(fn)
	if name == "" {
		return nil
	}
	link := &chain.Link{Package: fn.Pkg().Path(), Name: qualified(fn), Attempts: chain.Unlimited, Open: true, Client: true}
	inspectCalls(info, call, func(inner *ast.CallExpr, option *types.Func) {
		n, ok := constantArg(info, inner, 0)
		if other, _ := library(option.Pkg().Path()); other != name {
			return
		}
		switch name + "." + option.Name() {
		case "backoff.WithMaxTries", "avast.Attempts":
			if ok && n > 0 {
				link.Attempts = n
			}
		case "backoff.WithMaxRetries":
			if n, ok := constantArg(info, inner, 1); ok {
				link.Attempts = n + 1
			}
		case "sethvargo.WithMaxRetries":
			if ok {
				link.Attempts = n + 1
			}
		}
	})
	switch {
	case link.Attempts != chain.Unlimited:
	case name == "avast" && fn.Signature().Recv() == nil:
		link.Attempts = 10
	case name == "kubernetes":
		link.Attempts = 5
	}
	return link
}

// inspectCalls goes through the calls of declared functions inside a call's arguments, function literals excluded.
func inspectCalls(info *types.Info, call *ast.CallExpr, visit func(*ast.CallExpr, *types.Func)) {
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn, ok := typeutil.Callee(info, n).(*types.Func); ok && fn.Pkg() != nil {
					visit(n, fn)
				}
			}
			return true
		})
	}
}

// constantArg gives an argument that is a constant number.
func constantArg(info *types.Info, call *ast.CallExpr, at int) (int, bool) {
	if at >= len(call.Args) {
		return 0, false
	}
	return constantInt(info, call.Args[at])
}

func constantInt(info *types.Info, e ast.Expr) (int, bool) {
	value := info.Types[e].Value
	if value == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(value))
	return int(n), exact && n >= 0 && n < 1<<31
}

// clientLink is the layer of a client that retries by itself, with its default settings; nil for any other function.
func clientLink(fn *types.Func) *chain.Link {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	path, name := fn.Pkg().Path(), qualified(fn)
	link := func(attempts int, wait time.Duration) *chain.Link {
		return &chain.Link{Package: path, Name: name, Attempts: attempts, Wait: wait, Client: true}
	}
	sig := fn.Signature()
	switch {
	case path == retryablePath:
		switch name {
		case "Client.Do", "Client.Get", "Client.Head", "Client.Post", "Client.PostForm", "Get", "Head", "Post", "PostForm":
			return link(5, 15*time.Second) // RetryMax 4; waits of 1, 2, 4 and 8 s
		}
	case strings.HasPrefix(path, awsTwo):
		if strings.HasPrefix(name, "Client.") && sig.Variadic() && sig.Params().Len() == 3 && sig.Results().Len() == 2 {
			return link(3, 3*time.Second) // the standard retryer: 3 attempts, at most 1 and 2 s
		}
	case strings.HasPrefix(path, awsOne):
		if sig.Recv() != nil && sig.Results().Len() == 2 && strings.HasSuffix(sig.Results().At(0).Type().String(), "Output") {
			return link(4, 1200*time.Millisecond) // DefaultRetryer: 3 retries, at most 0.3 s each but for throttling
		}
	case path == kubernetes+"rest":
		switch name {
		case "Request.Do", "Request.DoRaw", "Request.Stream", "Request.Watch":
			return link(11, 10*time.Second) // maxRetries 10, where the server says Retry-After
		}
	}
	return nil
}
