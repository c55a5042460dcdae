package sites

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
)

// NewChecker returns a function that type-checks a site, so that those which do not build can be left out. The command runs the
// go command in a module that has all packages which sites import.
func NewChecker(command func(args ...string) []byte) func(*Site) error {
	args := []string{"go", "list", "-export", "-deps", "-json=ImportPath,Export"}
	for _, k := range known {
		if k.path != "" {
			args = append(args, pathOf(k.path))
		}
	}
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(command(args...))); ; {
		var one struct{ ImportPath, Export string }
		if d.Decode(&one) != nil {
			break
		}
		exports[one.ImportPath] = one.Export
	}
	fset := token.NewFileSet()
	load := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("no export data")
		}
		return os.Open(exports[path])
	})
	return func(s *Site) error {
		var files []*ast.File
		for name, src := range map[string]string{"common.go": Common, s.File(): s.Source} {
			f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		config := types.Config{Importer: load}
		if _, err := config.Check("p", fset, files, nil); err != nil {
			return fmt.Errorf("%v", err)
		}
		return nil
	}
}

func pathOf(spec string) string {
	from := bytes.IndexByte([]byte(spec), '"')
	return spec[from+1 : len(spec)-1]
}
