package load

import (
	"errors"
	"go/ast"
	"go/token"
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
}

// Source is one Go file of a folder.
type Source struct {
	Name    string // base name
	Src     []byte
	Own     bool      // it is retrygen's own
	File    *ast.File // set by parsing; nil where not even its package clause could be read
	mention bool      // it may hold directives
	parsing sync.Once
	err     error // what the parser could not get over

	built     map[platform]bool // by platform.lets, once asked
	mentioned []string          // by mentions, once asked
}

// test reports whether the go command takes the file for a test.
func (s *Source) test() bool { return strings.HasSuffix(s.Name, "_test.go") }

// ReadFolder reads the Go files of a directory. A folder that does not exist has none.
func ReadFolder(dir, path string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return &Folder{Dir: dir, Path: path}, nil
	}
	if err != nil {
		return nil, err
	}
	f := &Folder{Dir: dir, Path: path}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || name[0] == '_' || name[0] == '.' || entry.IsDir() {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && entry.Type()&fs.ModeSymlink != 0 {
			continue // a dangling link, or one to a directory: the go command passes over both
		}
		if err != nil {
			return nil, err
		}
		f.Files = append(f.Files, &Source{Name: name, Src: src, mention: directive.Mentions(src), Own: output.Own(name, src)})
	}
	return f, nil
}

// Parse parses every file that is not retrygen's own.
func (f *Folder) Parse(fset *token.FileSet) {
	for _, s := range f.Files {
		if !s.Own {
			s.parsing.Do(func() { s.File, s.err = parse(fset, f.Dir, s) })
		}
	}
}

// concerns reports whether a run has anything to do in the folder.
func (f *Folder) concerns() bool {
	for _, s := range f.Files {
		if s.Own || s.mention {
			return true
		}
	}
	return false
}
