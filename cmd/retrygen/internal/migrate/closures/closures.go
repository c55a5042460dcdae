// Package closures recognizes calls of libraries that retry a function: cenkalti/backoff, avast/retry-go, sethvargo/go-retry,
// and those of Kubernetes.
//
// For each library there is a file that says what its options mean in a directive, and what the library does otherwise than
// the directive will. The values come from a recipe (recipe.go): how the options were made, by calls, variables, fields that
// were assigned, and functions of the package.
package closures

import (
	"fmt"
	"go/ast"
	"go/types"
	"math"
	"strconv"
	"time"

	"golang.org/x/mod/semver"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Recognize finds the calls of libraries in a package.
func Recognize(p *site.Package) []*site.Site {
	var list []*site.Site
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fn := syntax.Callee(p.Info, call)
			if name, major := library.Entry(fn); libraries[name] != nil {
				c := &closure{Package: p, fn: fn, call: call, library: name, major: major, path: fn.Pkg().Path()}
				list = append(list, c.read())
			}
			return true
		})
	}
	return list
}

// libraries read a call into the site of a closure. The result says why the site cannot be turned, "" if it can.
var libraries = map[string]func(*closure) string{
	"backoff": (*closure).cenkalti, "avast": (*closure).avast, "sethvargo": (*closure).sethvargo,
	"kubernetes": (*closure).kubernetes, "wait": (*closure).wait,
}

var projects = map[string]string{
	"backoff": "cenkalti/backoff", "avast": "avast/retry-go", "sethvargo": "sethvargo/go-retry", "kubernetes": "client-go/util/retry",
	"wait": "apimachinery/wait",
}

// closure is a call of a library that is read.
type closure struct {
	*site.Package
	fn      *types.Func
	call    *ast.CallExpr
	library string
	major   int
	path    string
	site    *site.Site

	found
	judged   bool                   // the policy has a condition of its own
	plainEnd bool                   // avast/retry-go returns the error of an ended context alone
	current  map[*types.Var]*recipe // of variables that are being followed
	complete map[*types.Var]*recipe // of those that have been
}

// found is what has been found on the way to a policy.
type found struct {
	removes   []ast.Stmt       // statements that made the policy
	specs     []*ast.ValueSpec // the same, in groups
	leftovers []types.Object   // functions and variables of the package that made the policy
	followed  []*types.Var     // variables of the function around that hold a backoff
}

func (c *closure) read() *site.Site {
	kind := projects[c.library]
	if c.major > 1 {
		kind += fmt.Sprintf(" v%d", c.major)
	}
	c.site = &site.Site{Pos: c.call.Pos(), Kind: kind, Call: c.call}
	if reason := libraries[c.library](c); reason != "" {
		return c.site.Refuse(reason)
	}
	if v := c.usedElsewhere(); v != nil {
		return c.site.Refuse("the backoff " + v.Name() + " is used elsewhere too, and the library changes it")
	}
	c.site.Removes = append(c.site.Removes, c.removes...)
	c.site.RemoveSpecs = c.specs
	c.site.Leftovers = c.leftovers
	return c.site
}

// schedule is what the policies of all libraries have in common.
type schedule struct {
	count     site.Option // retries or attempts; none is unlimited
	delay     site.Option // no name: no wait
	jitter    site.Option // no name: none
	cap       *site.Value
	within    *site.Value
	first     site.Value // of an exponential delay
	base      site.Value
	least     float64 // the share of a delay that is waited for at least, where within limits the waits; otherwise 0
	retries   int64   // -1 if that is not known
	unlimited bool
}

// add adds the options of a schedule to the policy.
func (c *closure) add(s *schedule) {
	if s.unlimited {
		s.count = site.Text("retries", "unlimited")
	}
	c.site.Policy = append(c.site.Policy, s.count)
	if s.delay.Name != "" {
		c.site.Policy = append(c.site.Policy, s.delay)
		if s.jitter.Name != "" {
			c.site.Policy = append(c.site.Policy, s.jitter)
		}
		if s.cap != nil {
			c.site.Policy = append(c.site.Policy, site.Durations("cap", *s.cap))
		}
	}
	if s.within != nil {
		c.site.Policy = append(c.site.Policy, site.Durations("within", *s.within))
	}
}

// percent returns a jitter from a share of the delay, such as 0.5: "50%", or "+50%" with a sign.
func percent(sign string, share site.Value) site.Option {
	f, known := share.Float()
	switch {
	case !known:
		return site.Option{Name: "jitter", Format: sign + "%s%%", Operands: []ast.Expr{share.Expr}, Computed: "%s * 100"}
	case f == 0:
		return site.Option{}
	}
	return site.Text("jitter", sign+strconv.FormatFloat(f*100, 'f', -1, 64)+"%")
}

// reaches reports whether an exponential delay may grow beyond its cap. What is not known may.
func (s *schedule) reaches(spread float64) bool {
	limit, ok := s.cap.Int()
	first, known := s.first.Int()
	base, based := s.base.Float()
	if !ok || !known || !based || s.endless() {
		return true
	}
	delay, passed := float64(first), 0.0
	for k := int64(1); (s.unlimited || s.retries < 0 || k <= s.retries) && k <= 1000; k++ {
		if delay*(1+spread) > float64(limit) {
			return true
		}
		if passed += delay * s.least; s.least > 0 && s.over(passed) {
			return false
		}
		delay *= base
	}
	return false
}

// endless reports whether neither a number of retries nor a time ends the retries, as far as that is known.
func (s *schedule) endless() bool {
	return (s.unlimited || s.retries < 0) && (s.least == 0 || !s.over(math.MaxInt64))
}

// over reports whether a time is longer than all retries may take.
func (s *schedule) over(passed float64) bool {
	if s.within == nil {
		return false
	}
	within, known := s.within.Int()
	return known && within > 0 && passed > float64(within)
}

// looksAt sets the context that ends the retries. Background and TODO end nothing.
func (c *closure) looksAt(ctx ast.Expr) {
	if ctx == nil || c.isFresh(ctx) {
		if ctx != nil {
			c.site.Context = ctx
		}
		return
	}
	c.site.Context = ctx
	switch field := c.ended(); {
	case c.endsLast():
	case c.ComparesContext != "" && field != "":
		c.site.Ended = field
	default:
		c.site.Differ(site.DiffersCut)
	}
	if c.library != "backoff" || c.major >= 4 {
		c.site.Differ(site.DiffersDeadline) // earlier versions do the same
	}
}

func (c *closure) isFresh(ctx ast.Expr) bool { return syntax.IsFreshContext(c.Info, ctx) }

// isNil reports whether an argument is nil.
func (c *closure) isNil(e ast.Expr) bool { return c.Info.Types[e].IsNil() }

// older reports whether the version of the library is known, and before another one.
func (c *closure) older(version string) bool {
	own := c.Version(c.path)
	return semver.IsValid(own) && semver.Compare(own, version) < 0
}

// known is a duration that is known.
func known(d time.Duration) site.Value { return site.Constant(d) }
