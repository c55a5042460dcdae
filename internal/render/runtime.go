package render

import (
	"strconv"
	"time"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/units"
)

// The packages that generated code calls.
const (
	retryPath = directive.RetryPath
	loopPath  = module.Path + "/runtime/retryloop"
	httpPath  = loopPath + "/loophttp"
	readyPath = "github.com/retrygen/retrygen/runtime/retryhttp"
)

// generation is the constant of package retryloop that files refer to.
const generation = "GeneratedV4"

// loop is a name of package retryloop.
func (f *file) loop(selector string) code { return f.selected(loopPath, "retryloop", selector) }

// http is a name of package loophttp.
func (f *file) http(selector string) code { return f.selected(httpPath, "loophttp", selector) }

// retry is a name of package retry.
func (f *file) retry(selector string) code { return f.selected(retryPath, "retry", selector) }

// std is a name of a package of the standard library whose path is its name.
func (f *file) std(pkg, selector string) code { return f.selected(pkg, pkg, selector) }

// duration writes a length of time in the largest unit that divides it.
func (f *file) duration(d time.Duration) code {
	switch n, unit := units.Go(d); n {
	case 0:
		return join("0")
	case 1:
		return f.std("time", unit)
	default:
		return join(strconv.FormatInt(n, 10)+"*", f.std("time", unit))
	}
}

// number writes a factor.
func number(f float64) code { return join(strconv.FormatFloat(f, 'f', -1, 64)) }
