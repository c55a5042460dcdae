package growth

import (
	"cmp"
	"go/ast"
	"reflect"
	"slices"
	"time"

	"golang.org/x/tools/go/analysis"
)

// Analyzer finds the delays of a package that grow. Its result is a []*Delay, in the order of the source.
var Analyzer = &analysis.Analyzer{
	Name: "retrygrowth", Doc: "find delays that grow from attempt to attempt, and where they overflow",
	Run:        func(pass *analysis.Pass) (any, error) { return find(pass), nil },
	ResultType: reflect.TypeFor[[]*Delay](), FactTypes: []analysis.Fact{new(Backoff)},
}

// Delay is a delay that grows from attempt to attempt.
type Delay struct {
	Site ast.Node // what makes it grow, such as 1<<n, math.Pow(2, n) or d *= 2; or the call of a function of another package
	Func ast.Node // the *ast.FuncDecl or *ast.FuncLit around it
	Loop ast.Stmt // the loop whose rounds are the attempts; nil if the function is called for each, or for a loop of gotos

	// Overflows is the attempt, counted from 1, at which the delay may be negative or nothing because it does not fit. It
	// is 0 if that never happens: a constant bounds the attempts, or the delay stops growing before.
	Overflows int
	// Falls reports whether the code raises the negative delay to a minimum: from there it grows anew.
	Falls bool
	// Exact says that Overflows is known. Otherwise it is so for a first delay of a second and a factor of 2.
	Exact bool
	// Capped says that a maximum limits what is waited for before. So the attempt is reached after a short time.
	Capped bool
	// Waits is the time that all waits before that attempt take at most, if it is known, else 0.
	Waits time.Duration
	// Timed says that the rounds of Loop end after a time: what would overflow later does not.
	Timed bool
	// Endless says that the rounds of Loop wait for the delay themselves, and that no number and no time limits them.
	Endless bool
}

// Reaches reports whether the loop gets to the attempt at which the delay overflows: a maximum keeps the waits before
// short, and no time ends it.
func (d *Delay) Reaches() bool { return d.Overflows > 0 && d.Capped && !d.Timed }

// Unlimited reports whether a loop without an end waits for twice as long each time, and nothing limits that: an overflow
// is centuries away, but waits of days are not.
func (d *Delay) Unlimited() bool { return d.Overflows > 0 && !d.Capped && d.Endless }

// find finds the delays of a package, and exports what other packages have to know of its functions.
func find(pass *analysis.Pass) []*Delay {
	p := newProgram(pass)
	p.propagate()
	p.countCalls()
	found := &finder{program: p, by: map[ast.Node]*Delay{}}
	for _, f := range p.list {
		for _, u := range p.units(f) {
			found.unit(u)
		}
		if !p.grows[f.object] {
			f.forget() // nobody runs it again
		}
	}
	list := found.list
	slices.SortStableFunc(list, func(a, b *Delay) int { return cmp.Compare(a.Site.Pos(), b.Site.Pos()) })
	return list
}

// finder collects delays. One that overflows in several units counts where it can get there.
type finder struct {
	*program
	list []*Delay
	by   map[ast.Node]*Delay
}

func (f *finder) add(d *Delay) {
	known := f.by[d.Site]
	if known == nil {
		f.by[d.Site] = d
		f.list = append(f.list, d)
		return
	}
	if worse(d, known) {
		*known = *d
	}
}

// worse reports whether a delay is to be known rather than another of the same site.
func worse(d, than *Delay) bool {
	if d.Reaches() != than.Reaches() {
		return d.Reaches()
	}
	if d.Unlimited() != than.Unlimited() {
		return d.Unlimited()
	}
	return d.Overflows > 0 && (than.Overflows == 0 || d.Overflows < than.Overflows)
}

// unit adds the delays of a unit. One overflows if it does so for what is typically configured, too.
func (f *finder) unit(u *unit) {
	t := u.run(wide)
	private := f.export(u, t)
	var usual *tracks
	for _, at := range t.list {
		if at.first >= 0 && at.first < earliest {
			continue
		}
		d := &Delay{Site: at.sink.value.site, Func: u.f.node, Capped: at.top < tooLong}
		if u.loop != nil {
			d.Loop = u.loop.head.Stmt
		}
		if at.first >= 0 && (!private || u.loop != nil || at.sink.kind == stored) {
			if usual == nil {
				if usual = t; *t.assumed {
					usual = u.run(typical)
				}
			}
			if n := usual.like(at); n != nil && n.first >= 0 {
				u.overflows(d, at, n, usual.caps[d.Site])
			}
		}
		f.add(d)
	}
}

// overflows adds what is known of an overflow, by what a delay becomes for anything that may be configured and for what
// typically is.
func (u *unit) overflows(d *Delay, at, usual *track, compared bool) {
	d.Overflows, d.Exact, d.Falls = usual.first+1, usual.first == at.first, usual.falls
	d.Capped = d.Capped || u.loop == nil && !u.doubles() && compared && usual.low < tooLong
	if d.Capped && usual.total == at.total && at.known() {
		d.Waits = time.Duration(at.total)
	}
	e := u.ending()
	d.Timed = e.before(d.Waits)
	d.Endless = at.sink.kind == waited && u.loop != nil && e.endless()
}

// doubles reports whether a site grows by what it was.
func (u *unit) doubles() bool {
	return slices.ContainsFunc(u.sites, func(s site) bool { return s.state })
}
