package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// promised declares the decorators that the directives of some files ask for, so that signatures can mention them before
// they have been written; nil where there are none.
func (r *Run) promised(files []*ast.File) *ast.File {
	var text strings.Builder
	for _, file := range files {
		for _, p := range directive.Promises(file) {
			params, args := "", ""
			for i := range p.TypeParams {
				args += fmt.Sprintf("P%d, ", i)
			}
			if args != "" {
				args = strings.TrimSuffix(args, ", ")
				params, args = "["+args+" any]", "["+args+"]"
			}
			fmt.Fprintf(&text, "type %s%s struct{ %s%s }\n", p.Name, params, p.Interface, args)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	file, err := parser.ParseFile(r.fset, "", "package "+files[0].Name.Name+"\n"+text.String(), 0)
	if err != nil {
		return nil // as= holds no identifier, which is reported where it stands
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.promises = append(r.promises, file)
	return file
}

// isPromised reports whether a position lies in what promised has declared.
func (r *Run) isPromised(pos token.Pos) bool {
	for _, file := range r.promises {
		if file.FileStart <= pos && pos < file.FileEnd {
			return true
		}
	}
	return false
}
