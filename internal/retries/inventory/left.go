package inventory

import (
	"go/ast"
	"path/filepath"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/stale"
)

// leftOver returns the paths of generated files whose sources have no directive any more. Their wrappers retry, and no
// directive says how often.
func leftOver(p *stale.Package) []string {
	path := func(file *ast.File) string { return p.Fset.Position(file.Package).Filename }
	name := func(file *ast.File) string { return filepath.Base(path(file)) }
	asked := map[string]bool{}
	for _, file := range p.Files {
		for _, d := range directive.All(file) {
			if d.Name == "task" || d.Name == "flow" {
				asked[output.Name(name(file))] = true
			}
		}
	}
	var left []string
	for _, file := range p.Files {
		if !asked[name(file)] && p.Own(file) {
			left = append(left, path(file))
		}
	}
	return left
}
