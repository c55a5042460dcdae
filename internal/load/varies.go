package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// varies reports whether what the directives of a source mean depends on the platform: whether something that they, or
// the declarations they stand on, mention directly or indirectly stands in a file that not every build with the source
// has.
func (r *Run) varies(f *Folder, s *Source) bool {
	d := r.dependence(s)
	for _, file := range f.Files {
		if file.File != nil {
			d.directives(f, file, file == s)
		}
	}
	return d.why != ""
}

// constantVaries says on which file a constant's value depends that not every build with the file use has.
func (r *Run) constantVaries(u *Unit, c *types.Const, use *ast.File) string {
	s := u.Source(use)
	if s == nil || c.Pkg() == nil {
		return ""
	}
	d := r.dependence(s)
	if path := c.Pkg().Path(); path == u.Path {
		d.mention(u.Folder, c.Pkg().Name(), c.Name())
	} else if f := d.folder(path); f != nil {
		d.mention(f, c.Pkg().Name(), c.Name())
	}
	return d.why
}

func (r *Run) dependence(s *Source) *dependence {
	return &dependence{source: s, seen: map[mention]bool{}, folder: func(path string) *Folder {
		f, err := r.folder(path)
		if err != nil || f == nil {
			return nil
		}
		f.Parse(r.fset)
		return f
	}}
}

// ConstantVaries is like the answer that [Run] has for a policy constant, for one package alone: it knows the folder,
// and no others.
func ConstantVaries(f *Folder, pkg string, name string, use *Source) string {
	d := &dependence{source: use, seen: map[mention]bool{}, folder: func(string) *Folder { return nil }}
	d.mention(f, pkg, name)
	return d.why
}

// dependence follows what declarations mention through the packages of the main modules.
type dependence struct {
	source *Source                   // for whose builds it is asked
	folder func(path string) *Folder // of a package of a main module, nil for any other
	seen   map[mention]bool
	why    string // the first thing that some of the builds lack
}

// mention is a name of a package.
type mention struct {
	folder    *Folder
	pkg, name string
}

// directives follows what the directives of a file mention. The declarations below them matter too in the source that is
// asked about; of other files only defaults do.
func (d *dependence) directives(f *Folder, file *Source, all bool) {
	if !file.mention {
		return
	}
	for _, line := range directive.All(file.File) {
		if all || line.Name == "default" {
			d.words(f, file, line.Args)
		}
	}
	if !all {
		return
	}
	for _, decl := range file.File.Decls {
		if !annotated(file.File, decl) {
			continue
		}
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv != nil {
				d.node(f, file, decl.Recv)
			}
			d.node(f, file, decl.Type)
		case *ast.GenDecl:
			d.node(f, file, decl)
		}
	}
}

// annotated reports whether a directive stands above or in a declaration, outside a function body.
func annotated(file *ast.File, decl ast.Decl) bool {
	from, to := decl.Pos(), decl.End()
	var doc *ast.CommentGroup
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		doc, to = decl.Doc, decl.Type.End()
	case *ast.GenDecl:
		doc = decl.Doc
	}
	if doc != nil {
		from = doc.Pos()
	}
	for _, line := range directive.All(file) {
		if from <= line.Slash && line.Slash < to {
			return true
		}
	}
	return false
}

var wordPattern = regexp.MustCompile(`[\pL_][\pL_\pN]*`)

// words follows every word of a text that may be a name: of the package, of an import, or of a method.
func (d *dependence) words(f *Folder, s *Source, text string) {
	names := wordPattern.FindAllString(text, -1)
	f.declarations() // knows the methods
	for i, name := range names {
		d.mention(f, s.File.Name.Name, name)
		if i+1 < len(names) {
			d.selector(f, s, name, names[i+1])
		}
		for receiver, methods := range f.methods {
			if slices.Contains(methods, name) {
				d.mention(f, s.File.Name.Name, receiver+"."+name)
			}
		}
	}
}

// node follows every name in a piece of syntax.
func (d *dependence) node(f *Folder, s *Source, node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				d.selector(f, s, x.Name, n.Sel.Name)
			}
		case *ast.Ident:
			d.mention(f, s.File.Name.Name, n.Name)
		}
		return true
	})
}

// selector follows a name of an imported package.
func (d *dependence) selector(f *Folder, s *Source, base, name string) {
	for _, spec := range s.File.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil || spec.Name != nil && spec.Name.Name != base {
			continue
		}
		if other := d.folder(importPath); other != nil && other != f {
			if pkg := other.packageName(); spec.Name != nil || pkg == base {
				d.mention(other, pkg, name)
			}
		}
	}
}

// mention follows a name that a package may declare, and the methods of a type that decide what it can do.
func (d *dependence) mention(f *Folder, pkg, name string) {
	if d.why != "" || d.seen[mention{f, pkg, name}] {
		return
	}
	d.seen[mention{f, pkg, name}] = true
	safe := d.steady(f, pkg, name)
	if safe == nil {
		return
	}
	for _, node := range safe.nodes {
		d.node(f, safe.source, node)
	}
	for _, method := range f.methods[name] {
		if telling[method] || strings.HasSuffix(method, "WithRetry") {
			d.mention(f, pkg, name+"."+method)
		}
	}
}

// steady returns the declaration of a name that every build with the source has, nil if there is none. If the package
// has others, it records why not.
func (d *dependence) steady(f *Folder, pkg, name string) *declaration {
	var other *Source
	for _, one := range f.declarations()[name] {
		switch {
		case one.source.File.Name.Name != pkg:
		case always(f.Dir, one.source, d.source):
			return &one // a build with another one as well would fail
		case other == nil:
			other = one.source
		}
	}
	if other != nil {
		file := other.Name
		if f.Dir != d.source.dir {
			file = path.Join(f.Path, file)
		}
		d.why = name + " stands in " + file
	}
	return nil
}

// telling are the methods by which a type is an error or a context, or can be stored.
var telling = map[string]bool{
	"Error": true, "Is": true, "As": true, "Unwrap": true, "RetryAfter": true, "RetryKey": true,
	"Deadline": true, "Done": true, "Err": true, "Value": true, "Context": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true,
}

// packageName returns the name of the folder's package, whichever platform has it.
func (f *Folder) packageName() string {
	for _, s := range f.Files {
		if s.File != nil && !s.test() && token.IsIdentifier(s.File.Name.Name) && (s.File.Name.Name != "main" || len(f.Files) == 1) {
			return s.File.Name.Name
		}
	}
	return ""
}
