package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/output"
)

// Folder is a directory of Go files that a run looks at.
type Folder struct {
	Dir   string // absolute
	Path  string // import path
	Files []*Source
	Units []*Unit // that its directives need

	left     []string // temporary files
	indexing sync.Once
	index    map[string][]declaration // by declarations
	methods  map[string][]string      // of the types of the folder, by name; by declarations
}

// Source is one Go file of a folder.
type Source struct {
	Name    string // base name
	Src     []byte
	Own     bool      // it is retrygen's own
	File    *ast.File // set by parsing; nil where not even its package clause could be read
	dir     string
	mention bool // it may hold directives
	meant   bool // it may hold comments that were meant as directives
	parsing sync.Once
	err     error // what the parser could not get over

	built     map[platform]bool // by platform.lets, once asked
	read      func()            // reads Src, for a file outside the main modules
	buffer    *bytes.Buffer     // that holds Src for the time being; nil for memory of its own
	reading   sync.Once
	outlining sync.Once
	outlined  *outline // by outline, once asked
}

// test reports whether the go command takes the file for a test.
func (s *Source) test() bool { return strings.HasSuffix(s.Name, "_test.go") }

// ReadFolder reads the Go files of a directory. A folder that does not exist has none, and a file that vanishes while
// the folder is being read is passed over.
func ReadFolder(dir, path string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f := &Folder{Dir: dir, Path: path}
	for _, entry := range entries {
		name := entry.Name()
		if output.Temporary(name) {
			f.left = append(f.left, filepath.Join(dir, name))
		}
		if !isSource(entry) {
			continue
		}
		src, err := readSource(filepath.Join(dir, name), entry.Type())
		if err != nil {
			return nil, err
		}
		if src != nil {
			f.Files = append(f.Files, &Source{
				Name: name, Src: src, dir: dir, Own: output.Own(name, src),
				mention: directive.Mentions(src), meant: directive.MayBeMeant(src),
			})
		}
	}
	return f, nil
}

// isSource reports whether the go command looks at a file of a package.
func isSource(entry fs.DirEntry) bool {
	name := entry.Name()
	return strings.HasSuffix(name, ".go") && name[0] != '_' && name[0] != '.' && !entry.IsDir()
}

// maxSource is more than a compiler can take, and less than would use up a machine's memory.
const maxSource = 256 << 20

// readSource reads a source file. It returns nil for what the go command passes over: a link that leads nowhere or to
// a directory. What has no end, such as a device, is never opened.
func readSource(path string, mode fs.FileMode) ([]byte, error) {
	if err := checkSource(path, mode); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil && mode&fs.ModeSymlink != 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return nil, err
	}
	src := make([]byte, 0, min(info.Size(), maxSource)+bytes.MinRead)
	buffer := bytes.NewBuffer(src)
	if _, err = buffer.ReadFrom(io.LimitReader(file, maxSource+1)); err != nil {
		return nil, err
	}
	if buffer.Len() > maxSource {
		return nil, tooLarge(path)
	}
	return buffer.Bytes(), nil
}

// checkSource returns an error for a source that cannot be read to an end. The mode is the type of the directory entry.
func checkSource(path string, mode fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // it is gone, or a link that leads nowhere
	}
	kind := info.Mode().Type()
	if kind == 0 || kind.IsDir() {
		if info.Size() > maxSource && kind == 0 {
			return tooLarge(path)
		}
		return nil
	}
	what := "is " + describe(kind)
	if mode&fs.ModeSymlink != 0 {
		what = "is a link to " + describe(kind)
	}
	return fmt.Errorf("%s %s; want a regular file", path, what)
}

func tooLarge(path string) error {
	return fmt.Errorf("%s is larger than %d MiB, which no Go source is", path, maxSource>>20)
}

// describe names a kind of file that is not a regular one.
func describe(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeDevice != 0:
		return "a device"
	case kind&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case kind&fs.ModeSocket != 0:
		return "a socket"
	}
	return "not a regular file"
}

// Parse parses every file that is not retrygen's own.
func (f *Folder) Parse(fset *token.FileSet) {
	for _, s := range f.Files {
		if !s.Own {
			s.parsing.Do(func() {
				if s.File, s.err = parse(fset, f.Dir, s); s.err == nil {
					s.keepHead()
				}
			})
		}
	}
}

// keepHead lets go of the text of a source that has been parsed, but for what precedes its declarations.
func (s *Source) keepHead() {
	head := s.File.Name.End()
	for _, decl := range s.File.Decls {
		if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			head = group.End()
		}
	}
	end := int(head - s.File.FileStart)
	if line := bytes.IndexByte(s.Src[end:], '\n'); line >= 0 {
		end += line + 1
	}
	s.Src = bytes.Clone(s.Src[:min(end, len(s.Src))])
}

// concerns reports whether a run has anything to do in the folder.
func (f *Folder) concerns() bool {
	for _, s := range f.Files {
		if s.Own || s.mention || s.meant {
			return true
		}
	}
	return false
}
