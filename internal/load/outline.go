package load

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// outline is what a source declares and imports.
type outline struct {
	clause  string // the name of its package
	imports []imported
	parts   []*part
}

// imported is an import of a file.
type imported struct{ name, path string } // the name is "" if none is written

// outline returns the outline of a source, nil for one without a package clause. A source that has been parsed is not
// read again.
func (s *Source) outline(fset *token.FileSet) *outline {
	s.outlining.Do(func() {
		s.load()
		file := s.File
		if file == nil && s.err == nil {
			file, _ = parser.ParseFile(token.NewFileSet(), s.Name, s.Src, parser.ImportsOnly|parser.SkipObjectResolution)
		}
		if file == nil || file.Name == nil || file.Name.Name == "" {
			return
		}
		s.outlined = &outline{clause: file.Name.Name, imports: importsOf(file)}
		if s.File == nil {
			if parts, ok := split(s.Src); ok {
				s.outlined.parts = parts
				s.shrink(file)
				return
			}
			if file, _ = parseWith(0, fset, s.dir, s); file == nil {
				return
			}
		}
		s.outlined.parts = partsOf(file)
	})
	return s.outlined
}

// buffers hold texts of files for as long as these are being read.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// fill reads the text of a file into a buffer, which shrink lets go of.
func (s *Source) fill(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	s.buffer = buffers.Get().(*bytes.Buffer)
	s.buffer.Reset()
	_, err = s.buffer.ReadFrom(file)
	s.Src = s.buffer.Bytes()
	return err
}

// shrink lets go of the text of a file outside the main modules, but for its head and what its parts need. Most of the text
// is bodies of functions and comments.
func (s *Source) shrink(file *ast.File) {
	if s.read == nil {
		return
	}
	parts := buffers.Get().(*bytes.Buffer)
	parts.Reset()
	ends := make([]int, len(s.outlined.parts))
	for i, p := range s.outlined.parts {
		parts.Grow(len(p.text) + 1)
		parts.Write(appendCode(parts.AvailableBuffer(), p.text))
		ends[i] = parts.Len()
	}
	text := bytes.Clone(parts.Bytes())
	buffers.Put(parts)
	begin := 0
	for i, p := range s.outlined.parts {
		p.text, begin = text[begin:ends[i]], ends[i]
	}
	head := file.Name.End()
	for _, spec := range file.Imports {
		head = spec.End()
	}
	s.Src = bytes.Clone(s.Src[:head-file.FileStart])
	buffers.Put(s.buffer)
	s.buffer = nil
}

// load reads the text of a file outside the main modules, once.
func (s *Source) load() {
	if s.read != nil {
		s.reading.Do(s.read)
	}
}

// needsCgo reports whether the source imports "C".
func (o *outline) needsCgo() bool {
	return slices.ContainsFunc(o.imports, func(i imported) bool { return i.path == "C" })
}

func importsOf(file *ast.File) []imported {
	var list []imported
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		i := imported{path: path}
		if spec.Name != nil {
			i.name = spec.Name.Name
		}
		list = append(list, i)
	}
	return list
}

// file is a source as part of a package on one platform.
type file struct {
	*outline
	syntax *ast.File         // of a package that is checked whole
	dotted bool              // it imports a package with a dot
	paths  map[string]string // the import path behind a name, as far as has been asked
	used   map[string]bool   // import paths that needed declarations mention
	needed map[*part]bool
	fresh  []*part // needed and not yet looked at
}

func newFile(o *outline) *file {
	f := &file{outline: o, paths: map[string]string{}, used: map[string]bool{}, needed: map[*part]bool{}}
	f.dotted = slices.ContainsFunc(o.imports, func(i imported) bool { return i.name == "." })
	return f
}

func (f *file) need(p *part) {
	if !f.needed[p] {
		f.needed[p] = true
		f.fresh = append(f.fresh, p)
	}
}

// parse parses the parts that are needed by now. Functions whose names are not among the words of directives lose the names
// of their parameters: no message shows them, and they take a third of the memory.
func (f *file) parse(fset *token.FileSet, words map[string]bool) {
	var text strings.Builder
	var open []*part
	for _, p := range f.fresh {
		if p.decl == nil {
			open = append(open, p)
		}
	}
	if len(open) == 0 {
		return
	}
	text.WriteString("package p\n")
	for _, p := range open {
		text.WriteString(p.keyword.String())
		text.WriteByte(' ')
		text.Write(p.text)
		text.WriteByte('\n')
	}
	file, err := parser.ParseFile(fset, "", text.String(), parser.SkipObjectResolution)
	if file != nil {
		fset.File(file.FileStart).SetLines([]int{0}) // nobody asks for the lines
	}
	if err == nil && len(file.Decls) == len(open) {
		for i, p := range open {
			if fn, ok := file.Decls[i].(*ast.FuncDecl); ok && !words[fn.Name.Name] {
				withoutNames(fn.Type)
			}
			p.decl, p.text = shortDecl(file.Decls[i]), nil
		}
		return
	}
	for _, p := range open { // what does not parse is left out
		file, err := parser.ParseFile(fset, "", "package p\n"+p.keyword.String()+" "+string(p.text), parser.SkipObjectResolution)
		p.decl = &ast.GenDecl{Tok: token.VAR}
		if err == nil && len(file.Decls) == 1 {
			p.decl = shortDecl(file.Decls[0])
		}
	}
}

// withoutNames makes the names of parameters and results blank.
func withoutNames(fn *ast.FuncType) {
	for _, list := range []*ast.FieldList{fn.Params, fn.Results} {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				name.Name = "_"
			}
		}
	}
}

// short returns the file with the declarations that are needed, and the imports that they mention.
func (f *file) short() *ast.File {
	short := &ast.File{Name: ast.NewIdent(f.clause)}
	var specs []ast.Spec
	for _, i := range f.imports {
		if !f.used[i.path] {
			continue
		}
		spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(i.path)}}
		if i.name != "" {
			spec.Name = ast.NewIdent(i.name)
		}
		specs = append(specs, spec)
	}
	if len(specs) > 0 {
		short.Decls = append(short.Decls, &ast.GenDecl{Tok: token.IMPORT, Specs: specs})
	}
	for _, p := range f.parts {
		if f.needed[p] {
			short.Decls = append(short.Decls, p.decl)
		}
	}
	return short
}
