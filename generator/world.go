package generator

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// world holds the types of one platform.
//
// Packages of the main modules are checked from source, declarations alone: nothing has to be compiled, so an edit
// to a package that everything imports costs no more than an edit to a leaf. Everything else comes from the
// compiler's export data, and only what declarations mention; an import that only function bodies use becomes an
// empty stand-in.
type world struct {
	run      *run
	platform platform
	local    map[string]*local         // packages from source, by import path
	exports  map[string]*types.Package // packages from export data
	files    map[string]string         // export data files, by import path
	failed   map[string]error          // imports that cannot be had
}

// local is a package from source.
type local struct {
	sources []*source
	pkg     *types.Package // nil until it is asked for
	info    *types.Info
	busy    bool
}

func (r *run) world(p platform) *world {
	if w := r.worlds[p]; w != nil {
		return w
	}
	w := &world{
		run: r, platform: p, local: map[string]*local{}, exports: map[string]*types.Package{"unsafe": types.Unsafe},
		files: map[string]string{}, failed: map[string]error{},
	}
	r.worlds[p] = w
	return w
}

// prepare reads the sources that units need and asks the go command for all export data at once.
func (w *world) prepare(units []*unit) error {
	wanted := map[string]bool{}
	var open []string
	want := func(sources []*source) {
		for path := range mentioned(sources) {
			if !wanted[path] {
				wanted[path] = true
				open = append(open, path)
			}
		}
	}
	for _, u := range units {
		want(u.sources)
		if u.base != nil {
			want(u.base.sources)
		}
	}
	var foreign []string
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		if next == "C" || next == "unsafe" {
			continue
		}
		l, err := w.source(next)
		if err != nil {
			return err
		}
		if l == nil {
			foreign = append(foreign, next)
			continue
		}
		want(l.sources)
	}
	return w.export(foreign)
}

// source reads a package of a main module, nil for any other.
func (w *world) source(path string) (*local, error) {
	if l, ok := w.local[path]; ok {
		return l, nil
	}
	f, err := w.run.folder(path)
	if f == nil || err != nil {
		return nil, err
	}
	f.parse(w.run.fset)
	l := &local{}
	for _, s := range f.files {
		if s.file == nil || s.test() || !w.platform.lets(f.dir, s) {
			continue
		}
		if len(l.sources) == 0 || l.sources[0].file.Name.Name == s.file.Name.Name {
			l.sources = append(l.sources, s)
		}
	}
	if len(l.sources) == 0 {
		return nil, nil
	}
	w.local[path] = l
	return l, nil
}

// export asks for the export data of packages outside the main modules.
func (w *world) export(paths []string) error {
	paths = slices.DeleteFunc(paths, func(path string) bool {
		return w.files[path] != "" || w.failed[path] != nil
	})
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	loaded, err := packages.Load(&packages.Config{
		Context: w.run.context, Mode: packages.NeedName | packages.NeedExportFile,
		Dir: w.run.options.Dir, Env: w.platform.env(w.run.options.env()), BuildFlags: w.platform.flags(),
	}, paths...)
	if err != nil {
		return err
	}
	for _, pkg := range loaded {
		if pkg.ExportFile != "" {
			w.files[pkg.PkgPath] = pkg.ExportFile
		} else if len(pkg.Errors) > 0 {
			w.failed[pkg.PkgPath] = fmt.Errorf("cannot import %s: %s", pkg.PkgPath, firstLine(pkg.Errors[0].Msg))
		}
	}
	for _, path := range paths {
		if w.files[path] == "" && w.failed[path] == nil {
			w.failed[path] = fmt.Errorf("cannot import %s", path)
		}
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// check type-checks the declarations of a unit. Type errors are the compiler's to report.
func (w *world) check(u *unit) (*types.Package, *types.Info) {
	if l := w.local[u.path]; l != nil && slices.Equal(l.sources, u.sources) {
		if pkg, err := w.load(u.path); err == nil {
			return pkg, l.info
		}
	}
	var tested *types.Package
	if u.base != nil {
		tested, _ = w.check(u.base)
	}
	return w.declarations(u.path, u.sources, func(path string) *types.Package {
		if path == u.folder.path {
			return tested
		}
		return nil
	})
}

// declarations type-checks files without their function bodies. What special gives goes before any other import.
func (w *world) declarations(path string, sources []*source, special func(string) *types.Package) (*types.Package, *types.Info) {
	info := &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{},
	}
	mentions := mentioned(sources)
	config := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {},
		Importer: importer(func(path string) (*types.Package, error) {
			if pkg := special(path); pkg != nil {
				return pkg, nil
			}
			if !mentions[path] {
				return standIn(path), nil
			}
			return w.load(path)
		}),
	}
	name, files := "_", filesOf(sources)
	if len(files) > 0 {
		name = files[0].Name.Name
	}
	pkg := types.NewPackage(path, name)
	_ = types.NewChecker(&config, w.run.fset, pkg, info).Files(files) // type errors are the compiler's to report
	pkg.MarkComplete()
	return pkg, info
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

// standIn is an empty package for an import that no declaration mentions.
func standIn(importPath string) *types.Package {
	pkg := types.NewPackage(importPath, guesses(importPath)[0])
	pkg.MarkComplete()
	return pkg
}

// load gives the types of a package.
func (w *world) load(path string) (*types.Package, error) {
	if pkg := w.exports[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	l, err := w.source(path)
	if err != nil {
		return nil, err
	}
	if l != nil {
		if l.pkg == nil {
			if l.busy {
				return nil, fmt.Errorf("import cycle through %s", path)
			}
			l.busy = true
			l.pkg, l.info = w.declarations(path, l.sources, func(string) *types.Package { return nil })
			w.exports[path] = l.pkg // export data that mentions the package means this one
		}
		return l.pkg, nil
	}
	if err := w.export([]string{path}); err != nil {
		return nil, err
	}
	if err := w.failed[path]; err != nil {
		return nil, err
	}
	return w.read(path)
}

// read reads export data.
func (w *world) read(path string) (*types.Package, error) {
	file, err := os.Open(w.files[path])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	pkg, err := gcexportdata.Read(data, w.run.fset, w.exports, path)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	return pkg, nil
}

// reach imports a package for a name in a directive: one that the package can import without a cycle.
func (w *world) reach(u *unit, target string) (*types.Package, error) {
	if u.kind != external && w.reaches(target, u.folder.path, map[string]bool{}) {
		return nil, fmt.Errorf("%s imports %s, so the generated file cannot import it", target, u.folder.path)
	}
	return w.load(target)
}

// reaches reports whether a package of a main module imports another, however far.
func (w *world) reaches(from, target string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	l, err := w.source(from)
	if err != nil || l == nil {
		return false
	}
	for _, s := range l.sources {
		for _, spec := range s.file.Imports {
			next, _ := strconv.Unquote(spec.Path.Value)
			if next == target || w.reaches(next, target, seen) {
				return true
			}
		}
	}
	return false
}

// mentioned gives the import paths that declarations use outside function bodies, or that directives name. Where it
// is in doubt about an import's name it includes it.
func mentioned(sources []*source) map[string]bool {
	paths := map[string]bool{}
	for _, s := range sources {
		if s.mentioned == nil {
			s.mentioned = mentions(s.file)
		}
		for _, path := range s.mentioned {
			paths[path] = true
		}
	}
	return paths
}

func mentions(file *ast.File) []string {
	bases := map[string]bool{}
	for _, decl := range file.Decls {
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok {
					bases[id.Name] = true
				}
			}
			return true
		})
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//retry:") {
				for _, match := range basePattern.FindAllStringSubmatch(comment.Text, -1) {
					bases[match[1]] = true
				}
			}
		}
	}
	paths := map[string]bool{}
	mentionedBy(file, bases, paths)
	list := make([]string, 0, len(paths))
	for path := range paths {
		list = append(list, path)
	}
	return list
}

// basePattern finds what may be a package's name in the text of a directive.
var basePattern = regexp.MustCompile(`([\pL_][\pL_\pN]*)\.`)

// mentionedBy adds the imports of a file that the bases of its selectors may mean.
func mentionedBy(file *ast.File, bases, paths map[string]bool) {
	var unsure []string
	met := map[string]bool{}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if spec.Name != nil {
			if spec.Name.Name == "." || bases[spec.Name.Name] {
				paths[importPath] = true
			}
			met[spec.Name.Name] = true
			continue
		}
		hit := false
		for _, name := range guesses(importPath) {
			if bases[name] {
				hit, met[name] = true, true
			}
		}
		if hit {
			paths[importPath] = true
		} else {
			unsure = append(unsure, importPath)
		}
	}
	for base := range bases {
		if !met[base] {
			for _, importPath := range unsure {
				paths[importPath] = true
			}
			return
		}
	}
}

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// guesses gives the names that a package of this path is likely to have, the likeliest first.
func guesses(importPath string) []string {
	base := path.Base(importPath)
	var names []string
	if versionPattern.MatchString(base) {
		names = append(names, guesses(path.Dir(importPath))...)
	}
	if at := strings.LastIndex(base, ".v"); at > 0 && versionPattern.MatchString(base[at+1:]) {
		base = base[:at]
	}
	plain := strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
	plain = strings.TrimPrefix(strings.TrimSuffix(plain, ".go"), "go.")
	names = append(names, strings.ReplaceAll(plain, "-", "_"), base)
	if at := strings.LastIndexByte(plain, '-'); at >= 0 {
		names = append(names, plain[at+1:], plain[:at])
	}
	return names
}
