// Package render writes the generated file of one source file. It is pure: a type-checked package with its directives
// goes in, bytes come out.
//
//	pkg := &render.Package{Path: path, Types: types, Info: info, Found: found}
//	text, err := render.File(&render.Input{Package: pkg, Source: file})
//
// turns the directive on
//
//	//retry:task retries=4 delay=exponential(2) if=worthRetrying
//	func FetchPrice(ctx context.Context, symbol string) (Price, error)
//
// into a file with FetchPriceWithRetry, its loop and the imports that it needs.
//
// It works in three passes. The first builds every declaration as [code], in which a name is an object and no text
// yet, and so collects the imports. The second decides the names. It begins with the imports, whose names depend on what
// the package declares and the source imports. Then it decides receivers, parameters, results and locals, each
// declaration by itself. Names that the source has stay, invented names yield. A parameter is renamed only if generated
// code has to refer to something that it would hide. So no name hides another one that is needed, and the text of a
// wrapper does not depend on other functions. The third pass writes.
//
// Comments hold the same objects as code, so that a name in a comment is the one in the code.
package render

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"sync"

	"github.com/retrygen/retrygen/internal/directive"
)

// Package is a type-checked package with what its directives ask for. Its files can be rendered at the same time.
type Package struct {
	Path  string         // import path
	Types *types.Package // its declarations
	Info  *types.Info    // with Types
	Found *directive.Found

	// Declared counts what the files of the package declare, on whatever platform: names of the package, and methods and
	// fields as "Type.Method".
	Declared map[string]int
	Written  func(token.Pos) bool // reports whether a position lies in a generated file; may be nil

	prepare  sync.Once
	taken    map[string]bool     // names that the package declares, or that directives make
	wrappers map[string][]string // the methods that directives make, by type
	alike    map[string][]string // functions and methods whose helpers would bear the same names
	lengths  map[*types.Array]ast.Expr
	varying  bool // it declares types more than once, for different platforms
	files    map[*ast.File]*directives
}

// directives are what the directives of one file ask for.
type directives struct {
	funcs      []*directive.Func
	decorators []*directive.Decorator
}

// Input is one source file of a package.
type Input struct {
	*Package
	Source     *ast.File
	Constraint string // build constraint of the generated file, "" for none

	// Old is what the generated file holds so far. If it is what File returns, File need not have gofmt confirm that.
	Old []byte
}

// file is one generated file while it is being written.
type file struct {
	*Input
	asked       *directives
	imports     map[string]*imported        // by path
	names       map[string]*name            // of the package and the language
	own         map[string]string           // what the source calls its imports, by path
	sourceNames map[string]bool             // the same, as a set
	methods     map[token.Pos]*ast.FuncType // the methods of the source's interfaces and its function types, by position
	decls       []*decl
	origin      []*directive.Func // the functions that decls were made for, nil for none
}

// File writes what the directives of one source file ask for. The error is an [Error] where that cannot be written.
func File(in *Input) ([]byte, error) {
	f := newFile(in)
	if err := f.collision(); err != nil {
		return nil, err
	}
	f.build()
	if err := f.decide(); err != nil {
		return nil, err
	}
	return f.print()
}

func newFile(in *Input) *file {
	in.prepare.Do(in.index)
	f := &file{
		Input: in, imports: map[string]*imported{}, names: map[string]*name{}, sourceNames: map[string]bool{},
		methods: methodsOf(in.Source), asked: in.files[in.Source],
	}
	if f.asked == nil {
		f.asked = &directives{}
	}
	f.own = f.aliases()
	for _, alias := range f.own {
		f.sourceNames[alias] = true
	}
	return f
}

// index collects what all files of a package need.
func (p *Package) index() {
	p.taken, p.wrappers = map[string]bool{}, map[string][]string{}
	p.alike, p.lengths = alikeOf(p), lengthsOf(p.Info)
	for declared, n := range p.Declared {
		p.taken[declared] = true
		_, isType := p.Types.Scope().Lookup(declared).(*types.TypeName)
		p.varying = p.varying || isType && n > 1
	}
	p.files = map[*ast.File]*directives{}
	for _, fn := range p.Found.Funcs {
		of := p.directivesOf(fn.File)
		of.funcs = append(of.funcs, fn)
		for _, made := range fn.Makes() {
			if fn.Receiver == nil {
				p.taken[made] = true
			} else {
				base := p.base(fn.Receiver.Type)
				p.wrappers[base] = append(p.wrappers[base], made)
			}
		}
	}
	for _, d := range p.Found.Decorators {
		of := p.directivesOf(d.File)
		of.decorators = append(of.decorators, d)
		p.taken[d.Wrapper] = true
		if d.Explicit {
			p.taken[d.Constructor()] = true
		}
	}
}

// directivesOf returns what the directives of a file ask for.
func (p *Package) directivesOf(file *ast.File) *directives {
	if p.files[file] == nil {
		p.files[file] = &directives{}
	}
	return p.files[file]
}

// build makes the declarations of the file, in the order of the directives.
func (f *file) build() {
	type part struct {
		pos  token.Pos
		make func()
	}
	var parts []part
	for _, fn := range f.asked.funcs {
		parts = append(parts, part{fn.Pos, func() { f.function(fn) }})
	}
	for _, d := range f.asked.decorators {
		parts = append(parts, part{d.Pos, func() { f.decorator(d) }})
	}
	f.basis()
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.pos, b.pos) })
	for _, p := range parts {
		p.make()
	}
}

// add adds a declaration that a function needs.
func (f *file) add(fn *directive.Func, d *decl) {
	f.decls = append(f.decls, d)
	f.origin = append(f.origin, fn)
}

// basis writes constants that refer to the generation of the runtime and to the policies. With another generation the file
// does not build, and the compiler names the constant; linters do not report the policies as unused.
func (f *file) basis() {
	specs := []code{join("_ = ", f.loop(generation))}
	var seen []*types.Const
	for _, fn := range f.all() {
		for _, constant := range fn.Constants {
			if !slices.Contains(seen, constant) {
				seen = append(seen, constant)
				specs = append(specs, join("_ = ", f.local(constant.Name())))
			}
		}
	}
	if len(specs) == 1 {
		f.add(nil, &decl{doc: join("The runtime that this file was generated for."), head: join("const ", specs[0])})
		return
	}
	head := join("const (\n")
	for _, spec := range specs {
		head = append(join(head, "\t", spec), piece{text: "\n"})
	}
	f.add(nil, &decl{
		doc:  join("The runtime that this file was generated for, and the policies it was generated from."),
		head: join(head, ")"),
	})
}

// all lists the functions of the file and the methods of its decorators.
func (f *file) all() []*directive.Func {
	all := slices.Clone(f.asked.funcs)
	for _, d := range f.asked.decorators {
		all = append(all, d.Methods...)
	}
	return all
}

// decide names everything: the imports that are used, then what each declaration declares by itself.
func (f *file) decide() error {
	scans := make([]*naming, len(f.decls))
	used := map[*name]bool{}
	for i, d := range f.decls {
		scans[i] = scan(d)
		for _, u := range scans[i].uses {
			used[u.name] = true
			if u.name.universe && f.hidden(u.name.text) {
				return f.unspeakable(f.origin[i], u.name.text)
			}
		}
	}
	maps.DeleteFunc(f.imports, func(_ string, i *imported) bool { return !used[i.name] })
	f.nameImports()
	for _, n := range scans {
		n.decide()
	}
	return nil
}

// print writes the file, formatted.
func (f *file) print() ([]byte, error) {
	draft := f.draft()
	if bytes.HasSuffix(f.Old, draft) {
		return draft, nil // gofmt has laid it out before
	}
	text, err := format.Source(draft)
	if err != nil {
		return nil, fmt.Errorf("what was generated is no Go: %w\n%s", err, draft)
	}
	return text, nil
}

// draft writes the file. Its layout is that of gofmt, as far as the printer knows it.
func (f *file) draft() []byte {
	var p printer
	p.WriteString(directive.Header + "\n\n")
	if f.Constraint != "" {
		p.WriteString("//go:build " + f.Constraint + "\n\n")
	}
	p.WriteString("package " + f.Types.Name() + "\n")
	f.importBlock(&p)
	for _, d := range f.decls {
		p.decl(d)
	}
	return p.Bytes()
}

// local is a name that the package declares.
func (f *file) local(text string) *name { return f.fixed(text, false) }

// predeclared is a name of the language.
func (f *file) predeclared(text string) *name { return f.fixed(text, true) }

func (f *file) fixed(text string, universe bool) *name {
	key := text
	if universe {
		key = "universe " + text
	}
	if f.names[key] == nil {
		f.names[key] = &name{text: text, universe: universe}
	}
	return f.names[key]
}

// hidden reports whether the package declares a name of the language, as far as this platform builds it.
func (f *file) hidden(text string) bool {
	object := f.Types.Scope().Lookup(text)
	return object != nil && (f.Written == nil || !f.Written(object.Pos()))
}

// hides reports whether the package declares a name, on whatever platform.
func (f *file) hides(text string) bool { return f.Declared[text] > 0 || f.hidden(text) }
