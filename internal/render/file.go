// Package render writes the generated file of one source file: a package with its directives in, bytes out.
package render

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
)

// The packages that generated code calls.
const (
	retryPath = directive.RetryPath
	loopPath  = "github.com/retrygen/retrygen/runtime/retryloop"
	httpPath  = loopPath + "/loophttp"
)

// Input is one source file with what its directives ask for.
type Input struct {
	Path       string         // import path of the package
	Types      *types.Package // its declarations
	Info       *types.Info    // Types alone
	Source     *ast.File
	Found      *directive.Found // of the whole package
	Constraint string           // build constraint of the generated file, "" for none

	Declared map[string]bool      // what any file of the package declares, on whatever platform
	Written  func(token.Pos) bool // reports whether a position lies in a generated file; may be nil
}

// file is one generated file while it is being written.
type file struct {
	*Input
	lengths map[*types.Array]ast.Expr

	funcs      []*directive.Func
	decorators []*directive.Decorator

	names   map[string]string // of imports, by path
	taken   map[string]bool   // what no import may be called
	jen     *jen.File
	renamed map[*types.TypeParam]string // blank type parameters of the function being written
}

// File writes what the directives of one source file ask for.
func File(in *Input) ([]byte, error) {
	f := &file{
		Input: in, lengths: lengthsOf(in.Info),
		names: map[string]string{}, taken: maps.Clone(in.Declared), renamed: map[*types.TypeParam]string{},
	}
	for _, fn := range in.Found.Funcs {
		f.taken[fn.Wrapper] = fn.Receiver == nil
		if fn.File == in.Source {
			f.funcs = append(f.funcs, fn)
		}
	}
	for _, d := range in.Found.Decorators {
		f.taken[d.Wrapper] = true
		if d.File == in.Source {
			f.decorators = append(f.decorators, d)
		}
	}
	f.reserve()
	return f.write()
}

// reserve takes the names of everything that is in scope where an import is used.
func (f *file) reserve() {
	for _, fn := range f.all() {
		for _, tuple := range []*types.Tuple{fn.Sig.Params(), fn.Sig.Results()} {
			for v := range tuple.Variables() {
				f.taken[v.Name()] = true
			}
		}
		for param := range fn.Sig.TypeParams().TypeParams() {
			f.taken[param.Obj().Name()] = true
		}
		if fn.Receiver != nil {
			f.taken[fn.Receiver.Name] = true
			for _, name := range fn.Receiver.TypeParams {
				f.taken[name] = true
			}
		}
	}
	for _, d := range f.decorators {
		for param := range d.TypeParams().TypeParams() {
			f.taken[param.Obj().Name()] = true
		}
	}
	for _, name := range []string{"loop", "delay", "start", "wait", "again", "cancel", "hold", "result", "ctx", "req"} {
		f.taken[name] = true
	}
	if f.remembers() {
		for _, name := range []string{"key", "flow", "failed", "point", "results", "elem", "entry", "value", "target", "k", "v"} {
			f.taken[name] = true
		}
	}
}

// all lists the functions of the file and the methods of its decorators.
func (f *file) all() []*directive.Func {
	all := slices.Clone(f.funcs)
	for _, d := range f.decorators {
		all = append(all, d.Methods...)
	}
	return all
}

// write renders the file.
func (f *file) write() ([]byte, error) {
	f.jen = jen.NewFilePathName(f.Path, f.Types.Name())
	f.jen.HeaderComment(directive.Header)
	if f.Constraint != "" {
		f.jen.HeaderComment("//go:build " + f.Constraint)
	}
	f.basis()
	type part struct {
		pos  token.Pos
		code []jen.Code
	}
	var parts []part
	for _, fn := range f.funcs {
		parts = append(parts, part{fn.Pos, f.function(fn)})
	}
	for _, d := range f.decorators {
		parts = append(parts, part{d.Pos, f.decorator(d)})
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.pos, b.pos) })
	for _, p := range parts {
		for _, code := range p.code {
			f.jen.Line()
			f.jen.Add(code)
		}
	}
	var out bytes.Buffer
	if err := f.jen.Render(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// basis names what the file was generated for and from: a runtime of another generation then fails to build by a
// name that says so, and no linter takes a policy for unused.
func (f *file) basis() {
	defs := []jen.Code{jen.Id("_").Op("=").Add(f.imported(loopPath, "retryloop", generation))}
	var seen []*types.Const
	for _, fn := range f.all() {
		for _, constant := range fn.Constants {
			if !slices.Contains(seen, constant) {
				seen = append(seen, constant)
				defs = append(defs, jen.Id("_").Op("=").Id(constant.Name()))
			}
		}
	}
	comment := "// The runtime that this file was generated for."
	if len(seen) > 0 {
		comment = "// The runtime that this file was generated for, and the policies it was generated from."
	}
	f.jen.Comment(comment)
	if len(defs) == 1 {
		f.jen.Const().Add(defs[0])
		return
	}
	f.jen.Const().Defs(defs...)
}

// generation is the constant of package retryloop that files refer to.
const generation = "GeneratedV3"

// remembers reports whether the file has flows or checkpoints.
func (f *file) remembers() bool {
	return slices.ContainsFunc(f.all(), func(fn *directive.Func) bool { return fn.Flow || fn.Checkpoint != nil })
}

// imported writes a name of another package.
func (f *file) imported(path, pkgName, name string) *jen.Statement {
	if path == f.Path {
		return jen.Id(name)
	}
	f.importName(path, pkgName)
	return jen.Qual(path, name)
}

// importName decides, once, what an import is called: what the source calls it, else its own name, with a number
// where that name is taken.
func (f *file) importName(path, pkgName string) string {
	if name, ok := f.names[path]; ok {
		return name
	}
	preferred := f.sourceName(path, pkgName)
	name := preferred
	for n := 2; f.taken[name] || jen.IsReservedWord(name) || types.Universe.Lookup(name) != nil; n++ {
		name = preferred + strconv.Itoa(n)
	}
	f.taken[name], f.names[path] = true, name
	if name == pkgName {
		f.jen.ImportName(path, name)
	} else {
		f.jen.ImportAlias(path, name)
	}
	return name
}

// sourceName is what the source file calls a package, its own name where the source does not import it by one.
func (f *file) sourceName(path, pkgName string) string {
	for _, spec := range f.Source.Imports {
		if spec.Path.Value == strconv.Quote(path) && spec.Name != nil && spec.Name.Name != "_" && spec.Name.Name != "." {
			return spec.Name.Name
		}
	}
	return pkgName
}
