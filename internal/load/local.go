package load

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// local is a package that is checked from source. Of most packages only what others mention is checked, directly or
// indirectly.
type local struct {
	path    string
	sources []*Source
	listed  *packages.Package // what the go command says of it; nil for a package of a main module
	special map[string]*local // import paths that mean another package than usual
	unit    bool              // it is checked whole, with what the type checker learns of its syntax

	open     bool   // its sources have been indexed
	clause   string // its name
	files    []*file
	cgo      bool // what is needed mentions C
	promised *ast.File
	index    table           // declarations by name
	methods  table           // by receiver
	aliases  []string        // aliases with methods
	wanted   []string        // names that are not yet looked up
	known    map[string]bool // names that have been wanted
	all      bool            // all names have been wanted
	queued   bool
	again    bool     // methods have to be looked up again
	members  []string // names of methods that needed parts ask for
	usages   []usage  // in parts that have become needed

	pkg  *types.Package // nil until it is asked for
	info *types.Info
	errs []types.Error
	busy bool
}

// place is a part of a file.
type place struct {
	file *file
	part *part
}

// usage is a name that a file mentions.
type usage struct {
	file *file
	reference
	named bool // in a directive: of the package before the dot everything counts
	sure  bool // a name is an import path
}

// resolve returns the path of the package that an import path means.
func (l *local) resolve(path string) string {
	if l.listed != nil {
		if pkg := l.listed.Imports[path]; pkg != nil && pkg.PkgPath != "" {
			return pkg.PkgPath
		}
		if l.listed.Module == nil && !dotted(l.path) && dotted(path) {
			return "vendor/" + path // another platform has the import
		}
	}
	return path
}

// dotted reports whether an import path begins with a domain, as no path of the standard library does.
func dotted(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

// read indexes what the sources declare.
func (l *local) read(r *Run) {
	l.open = true
	var syntax []*ast.File
	for _, s := range l.sources {
		o := s.outline(r.fset)
		if o == nil {
			continue
		}
		l.clause = cmp.Or(l.clause, o.clause)
		f := newFile(o)
		if l.unit {
			f.syntax = s.File
		}
		if s.mention && s.File != nil {
			syntax = append(syntax, s.File)
		}
		l.add(f)
	}
	if l.promised = r.promised(syntax); l.promised != nil {
		f := newFile(&outline{clause: l.promised.Name.Name, parts: partsOf(l.promised)})
		f.syntax = l.promised
		l.add(f)
	}
	l.index.sort()
	l.methods.sort()
	for receiver := range l.receivers() {
		if slices.ContainsFunc(l.index.of(receiver), func(at entry) bool { return at.part.alias }) {
			l.aliases = append(l.aliases, receiver)
		}
	}
}

func (l *local) add(f *file) {
	l.files = append(l.files, f)
	for _, p := range f.parts {
		at := place{f, p}
		if p.receiver != "" {
			l.methods = append(l.methods, entry{p.receiver, at})
			continue
		}
		for _, name := range p.names {
			l.index = append(l.index, entry{name, at})
		}
	}
}

// receivers returns the names of the types that have methods, each once.
func (l *local) receivers() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, e := range l.methods {
			if (i == 0 || l.methods[i-1].name != e.name) && !yield(e.name) {
				return
			}
		}
	}
}

// want asks for a name, or for all names if it is "".
func (l *local) want(name string) (fresh bool) {
	if l.all || l.known[name] {
		return false
	}
	if l.known == nil {
		l.known = map[string]bool{}
	}
	l.known[name] = true
	l.all = name == ""
	l.wanted = append(l.wanted, name)
	return true
}

// follow looks up the names that are wanted, and gathers what their declarations mention.
func (l *local) follow(r *Run, asks func(method string) bool) {
	if l.again {
		l.again = false
		for receiver := range l.receivers() {
			if l.known[receiver] {
				l.needMethods(receiver, asks)
			}
		}
	}
	for first := true; first || len(l.wanted) > 0; first = false {
		wanted := l.wanted
		l.wanted = nil
		for _, name := range wanted {
			l.need(name, asks)
		}
		for _, f := range l.files {
			f.parse(r.fset, r.words)
			for _, p := range f.fresh {
				l.mentionsOf(f, p)
			}
			f.fresh = nil
		}
	}
}

// need marks the parts that declare a name as needed, all parts if it is "".
func (l *local) need(name string, asks func(method string) bool) {
	if name == "" {
		for _, f := range l.files {
			for _, p := range f.parts {
				f.need(p)
			}
			if l.unit {
				l.usages = append(l.usages, directivesOf(f)...)
			}
		}
		return
	}
	declared := l.index.of(name)
	if len(declared) == 0 {
		l.needSimilar(name)
	}
	for _, at := range declared {
		at.file.need(at.part)
		if at.part.keyword != token.TYPE {
			continue
		}
		l.needMethods(name, asks)
		for _, alias := range l.aliases {
			l.want(alias)
		}
	}
}

// needMethods marks the methods of a type that something asks for.
func (l *local) needMethods(receiver string, asks func(method string) bool) {
	for _, method := range l.methods.of(receiver) {
		if asks(method.part.names[0]) {
			method.file.need(method.part)
		}
	}
}

// needSimilar wants the names that differ from one in the case of letters alone, which the type checker suggests.
func (l *local) needSimilar(name string) {
	for _, other := range l.index {
		if strings.EqualFold(name, other.name) {
			l.want(other.name)
		}
	}
}

// mentionsOf gathers what a part mentions. Names of the package itself are followed at once.
func (l *local) mentionsOf(f *file, p *part) {
	l.members = append(l.members, membersOf(p.decl)...)
	for _, ref := range references(p.decl) {
		switch {
		case ref.base != "" && !l.index.has(ref.base):
			l.usages = append(l.usages, usage{file: f, reference: ref})
		case ref.base != "":
			l.want(ref.base)
		case l.index.has(ref.name):
			l.want(ref.name)
		case f.dotted && types.Universe.Lookup(ref.name) == nil:
			l.usages = append(l.usages, usage{file: f, reference: ref})
		}
	}
	if l.all && p.keyword == token.CONST {
		for _, text := range optionsIn(p.decl) {
			l.usages = append(l.usages, usagesIn(f, text)...)
		}
	}
}

// mentions reports whether a needed declaration mentions an import.
func (l *local) mentions(path string) bool {
	return slices.ContainsFunc(l.files, func(f *file) bool { return f.used[path] })
}

// syntax returns the declarations that have to be checked.
func (l *local) syntax() []*ast.File {
	var files []*ast.File
	for _, f := range l.files {
		switch {
		case f.syntax != nil:
			files = append(files, withoutValues(f.syntax))
		case f.clause == l.clause:
			files = append(files, f.short())
		}
	}
	return files
}

// forget drops what is only of use while needs are gathered.
func (l *local) forget() {
	l.index, l.methods, l.known = nil, nil, nil
	if l.listed != nil {
		l.sources = []*Source{} // their texts are large
	}
	for _, f := range l.files {
		if f.syntax == nil {
			parts := slices.DeleteFunc(slices.Clone(f.parts), func(p *part) bool { return !f.needed[p] })
			f.outline = &outline{clause: f.clause, imports: f.imports, parts: parts}
		}
	}
}
