package flows

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/syntax"
)

var (
	// varyingFuncs are the functions, by package, whose calls all return different values.
	varyingFuncs = map[string]map[string]bool{
		"time":                           syntax.NameSet("Now", "Since", "Until"),
		"crypto/rand":                    syntax.NameSet("Text", "Int", "Prime"),
		"github.com/google/uuid":         syntax.NameSet("New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7"),
		"github.com/gofrs/uuid":          syntax.NameSet("NewV1", "NewV4", "NewV6", "NewV7"),
		"github.com/satori/go.uuid":      syntax.NameSet("NewV1", "NewV2", "NewV4"),
		"github.com/hashicorp/go-uuid":   syntax.NameSet("GenerateUUID", "GenerateRandomBytes"),
		"github.com/rs/xid":              syntax.NameSet("New"),
		"github.com/segmentio/ksuid":     syntax.NameSet("New", "NewRandom"),
		"github.com/oklog/ulid":          syntax.NameSet("Make"),
		"github.com/matoous/go-nanoid":   syntax.NameSet("New", "Must", "Generate", "MustGenerate"),
		"github.com/lithammer/shortuuid": syntax.NameSet("New"),
	}

	// processFuncs are those whose calls return the same value as long as the process runs.
	processFuncs = map[string]map[string]bool{"os": syntax.NameSet("Getpid", "Getppid", "Hostname")}
)

// sourceOf reports whether a function returns another value in each call, or in each process.
func sourceOf(fn *types.Func) (varies, process bool) {
	if fn.Signature().Recv() != nil {
		return false, false
	}
	path, _ := syntax.Unversioned(fn.Pkg().Path())
	switch {
	case varyingFuncs[path][fn.Name()]:
		return true, false
	case processFuncs[path][fn.Name()]:
		return true, true
	}
	return path == "math/rand" && drawn[fn.Name()], false
}

// drawn are the functions of math/rand that draw a value. Those that draw an order change no argument.
var drawn = syntax.NameSet("Int", "IntN", "Intn", "Int31", "Int31n", "Int32", "Int32N", "Int63", "Int63n", "Int64", "Int64N",
	"Uint", "UintN", "Uint32", "Uint32N", "Uint64", "Uint64N", "N", "Float32", "Float64", "ExpFloat64", "NormFloat64")

// passesOn reports whether a function or method returns its operands in another form.
func passesOn(fn *types.Func) bool {
	path, _ := syntax.Unversioned(fn.Pkg().Path())
	switch path {
	case "time", "strconv", "strings", "bytes", "math", "math/big", "math/rand", "path", "path/filepath", "cmp",
		"encoding/hex", "encoding/base64", "encoding/base32", "encoding/json", "encoding/binary", "hash/fnv", "net/url",
		"crypto/sha256", "crypto/sha1", "crypto/md5", "slices":
		return true
	case "fmt":
		return strings.HasPrefix(fn.Name(), "Sprint") || strings.HasPrefix(fn.Name(), "Append")
	}
	return varyingFuncs[path] != nil
}

// coarse reports whether a call cuts a time down to the hour, the day or more. The next attempt is likely to get the same
// value.
func coarse(info *types.Info, call *ast.CallExpr, fn *types.Func) bool {
	if fn.Pkg().Path() != "time" {
		return false
	}
	switch syntax.Qualified(fn) {
	case "Time.Date", "Time.Year", "Time.Month", "Time.Day", "Time.YearDay", "Time.Weekday", "Time.ISOWeek", "Time.Hour",
		"Time.IsZero", "Time.Location", "Time.Zone", "Time.ZoneBounds", "Time.IsDST":
		return true
	case "Time.Truncate", "Time.Round", "Duration.Truncate", "Duration.Round":
		d, ok := syntax.ConstantDuration(info, call.Args[0])
		return ok && d >= time.Hour
	case "Time.Format":
		layout := info.Types[call.Args[0]].Value
		if layout == nil || layout.Kind() != constant.String {
			return false
		}
		at := time.Date(2001, 2, 3, 10, 11, 12, 0, time.UTC)
		later := at.Add(time.Minute + time.Second + 123456789)
		return at.Format(constant.StringVal(layout)) == later.Format(constant.StringVal(layout))
	}
	return false
}
