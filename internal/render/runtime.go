package render

import (
	"strconv"
	"time"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/module"
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

// units are what durations are written in, the largest first.
var units = []struct {
	size time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
	{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"},
}

// duration writes a length of time in the largest unit that divides it.
func (f *file) duration(d time.Duration) code {
	for _, unit := range units {
		if d == 0 || d%unit.size != 0 {
			continue
		}
		if d == unit.size {
			return f.std("time", unit.name)
		}
		return join(strconv.FormatInt(int64(d/unit.size), 10)+"*", f.std("time", unit.name))
	}
	return join("0")
}

// number writes a factor.
func number(f float64) code { return join(strconv.FormatFloat(f, 'f', -1, 64)) }
