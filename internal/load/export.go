package load

import (
	"fmt"
	"go/types"
	"os"
	"slices"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
)

// export asks the go command for packages outside the main modules: for their export data or, on a foreign platform,
// for where their sources lie.
func (w *world) export(paths []string) error {
	paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return w.found(path) || w.failed[path] != nil
	})
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	mode := packages.NeedName | packages.NeedExportFile
	if w.foreign() {
		mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps
	}
	loaded, err := w.list(mode, paths)
	if err != nil {
		return err
	}
	if w.foreign() {
		packages.Visit(loaded, nil, func(pkg *packages.Package) {
			if len(pkg.GoFiles) > 0 {
				w.sources[pkg.PkgPath] = pkg
			}
		})
	}
	reasons := map[string]string{}
	for _, pkg := range loaded {
		if pkg.ExportFile != "" {
			w.files[pkg.PkgPath] = pkg.ExportFile
		}
		if len(pkg.Errors) > 0 {
			reasons[pkg.PkgPath] = pkg.Errors[0].Msg
		}
		w.names[pkg.PkgPath] = pkg.Name
	}
	return w.fail(slices.DeleteFunc(paths, w.found), reasons)
}

// list asks the go command about packages.
func (w *world) list(mode packages.LoadMode, paths []string) ([]*packages.Package, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: w.run.context, Mode: mode, Dir: w.run.options.Dir,
		Env: w.platform.env(w.run.options.env()), BuildFlags: tagFlag(w.run.present.tags),
	}, paths...)
	if err != nil {
		return nil, goError(err.Error())
	}
	return loaded, nil
}

// fail records why packages cannot be imported. Where the go command has not said it of the package itself, one of those
// that it imports is to blame.
func (w *world) fail(paths []string, reasons map[string]string) error {
	if len(paths) == 0 {
		return nil
	}
	loaded, err := w.list(packages.NeedName|packages.NeedFiles|packages.NeedImports|packages.NeedDeps|packages.NeedModule, paths)
	if err != nil {
		return err
	}
	for _, pkg := range loaded {
		path := pkg.PkgPath
		reason := reasons[path]
		packages.Visit([]*packages.Package{pkg}, nil, func(other *packages.Package) {
			if reason == "" && len(other.Errors) > 0 {
				reason = other.Errors[0].Msg
			}
		})
		if reason != "" {
			w.failed[path] = fmt.Errorf("cannot import %s: %w%s", path, goError(reason), generateFirst(pkg))
		}
	}
	for _, path := range paths {
		if w.failed[path] == nil {
			w.failed[path] = fmt.Errorf("cannot import %s for %s/%s", path, w.platform.goos, w.platform.goarch)
		}
	}
	return nil
}

// generateFirst advises to generate in the module of a package that has directives, and so may wait for its wrappers.
// The module is one that the go.mod file replaces by a directory.
func generateFirst(pkg *packages.Package) string {
	if pkg.Module == nil || pkg.Module.Replace == nil || pkg.Module.Replace.Version != "" {
		return ""
	}
	for _, name := range pkg.GoFiles {
		if src, err := os.ReadFile(name); err == nil && directive.Mentions(src) {
			return "; it has directives itself: run retrygen in " + pkg.Module.Dir + " first"
		}
	}
	return ""
}

// found reports whether it is known where a package outside the main modules is to be had.
func (w *world) found(path string) bool { return w.files[path] != "" || w.sources[path] != nil }

// read reads export data.
func (w *world) read(path string) (*types.Package, error) {
	file, err := os.Open(w.files[path])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	//lint:ignore SA1019 Go 1.26 still writes archives; NewReader reads them as well as what comes after.
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
