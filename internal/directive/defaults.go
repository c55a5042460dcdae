package directive

import (
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// inDefault is the problem of an option that a default cannot hold.
const inDefault = "%s in a default: a default is shared by functions; put the option on the directive"

// readDefaults reads the package's //retry:default lines. Each line is a layer of its own, since it has its own file's
// imports for the names in it. The policies that defaults name come below all lines.
func (f *finder) readDefaults(all []line) {
	f.defaults = map[string][]layer{}
	joined := map[string]policy.Policy{}
	named := map[string][]layer{}
	for _, l := range all {
		if l.verb != "default" || l.misplaced() != nil || !f.standsAsDefault(l) {
			continue
		}
		f.report(l.problems)
		f.misplaced(l.options, policy.InDefault, inDefault)
		both, problems := joined[l.kind].Join(l.options)
		f.report(problems)
		joined[l.kind] = both
		own := layer{policy: l.options.From(policy.FromDefault), scope: scope{pkg: f.Types, file: l.file}}
		layers := f.expand(own, l.file, nil)
		f.defaults[l.kind] = append(f.defaults[l.kind], layers[0])
		named[l.kind] = append(named[l.kind], layers[1:]...)
	}
	for _, kind := range []string{"task", "flow"} {
		f.defaults[kind] = append(f.defaults[kind], named[kind]...)
		f.report(joined[kind].Check())
		f.checkNames(f.defaults[kind])
	}
}

// standsAsDefault reports whether a line is a default that every build of the package has.
func (f *finder) standsAsDefault(l line) bool {
	if strings.Contains(l.kind, "=") {
		f.problem(l.pos, "//retry:default %s: say what it is the default of: //retry:default task %[1]s", policy.Shown(l.kind))
		return false
	}
	if !isCall(l.kind) {
		said := strings.TrimSpace("//retry:default " + policy.Shown(l.kind))
		f.problem(l.pos, "%s: want //retry:default task or //retry:default flow, then the options", said)
		return false
	}
	if f.Optional != nil && f.Optional(l.file) {
		f.problem(l.pos, "a default cannot stand in a file that only some builds have; put it in one without build constraints, best in doc.go")
		return false
	}
	return true
}
