package generator

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
)

// folder is a directory of Go files that a run looks at.
type folder struct {
	dir   string // absolute
	path  string // import path
	files []*source
}

// source is one Go file of a folder.
type source struct {
	name    string // base name
	src     []byte
	mention bool // it may hold directives
	ours    bool // it is retrygen's own
	parsing sync.Once
	file    *ast.File // set by parse; nil where not even its package clause could be read
	err     error     // what the parser could not get over

	built     map[platform]bool // by platform.lets, once asked
	mentioned []string          // by mentions, once asked
}

// test reports whether the go command takes the file for a test.
func (s *source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// readFolder reads the Go files of a directory. A folder that does not exist has none.
func readFolder(dir, path string) (*folder, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return &folder{dir: dir, path: path}, nil
	}
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir, path: path}
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
		f.files = append(f.files, &source{name: name, src: src, mention: directive.Mentions(src), ours: own(name, src)})
	}
	return f, nil
}

// parse parses every file that is not retrygen's own.
func (f *folder) parse(fset *token.FileSet) {
	for _, s := range f.files {
		if !s.ours {
			s.parsing.Do(func() { s.file, s.err = parse(fset, f.dir, s) })
		}
	}
}

// concerns reports whether a run has anything to do in the folder.
func (f *folder) concerns() bool {
	for _, s := range f.files {
		if s.ours || s.mention {
			return true
		}
	}
	return false
}
