package rewrite

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// functype makes the work a value of a function type with a directive. It stands where it stood, with the variables that it
// shares.
func (d *draft) functype() string {
	d.keepDeclared()
	d.yieldAsked()
	options, why := d.policy()
	if why != "" {
		return why
	}
	d.directive = d.line(options)
	sig, why := d.signature()
	if why != "" {
		return why
	}
	name, known := d.typeName(sig)
	if !known {
		d.declareType(name, sig)
	}
	d.first(sig.ctx != "")
	d.responses(nil)
	value := d.value(sig)
	args := []string{d.context()}
	for _, p := range d.params {
		args = append(args, p.arg)
	}
	conversion := name + sig.instance
	d.wrapper = conversion + "(…).WithRetry"
	call := fmt.Sprintf("%s(%s).WithRetry(%s)", conversion, value, strings.Join(args, ", "))
	d.clear()
	if d.site.Call != nil {
		d.replace(d.site.Call.Pos(), d.site.Call.End(), call)
	} else {
		d.bindLoop(call)
	}
	return ""
}

// signature is the text of a function type.
type signature struct {
	ctx        string // "ctx context.Context", "" for none
	params     []string
	results    string
	typeParams string // "[T any]"
	variables  string // "[T]"
	instance   string // "[string]": of the type at the site
	own        string // results as the site writes them
}

func (s *signature) text() string {
	params := s.params
	if s.ctx != "" {
		params = append([]string{s.ctx}, params...)
	}
	return "func(" + strings.Join(params, ", ") + ") " + s.results
}

// signature returns the function type of the work. A result whose type has no name at package level becomes a type parameter.
func (d *draft) signature() (*signature, string) {
	s := &signature{}
	if d.takesContext() {
		s.ctx = "ctx " + d.pkg("context", "context") + ".Context"
	}
	for _, p := range d.params {
		if p.typ == "" {
			return nil, "the type of " + p.arg + " has no name outside of the function"
		}
		s.params = append(s.params, p.name+" "+p.typ)
	}
	var results, own, variables, instance []string
	for _, t := range d.results {
		text, ok := d.typeText(t)
		here := types.TypeString(t, func(p *types.Package) string {
			if p == d.Types {
				return ""
			}
			return p.Name()
		})
		if ok {
			here = text
		} else {
			text = [...]string{"T", "U", "V", "W"}[min(len(variables), 3)]
			variables, instance = append(variables, text), append(instance, here)
		}
		results, own = append(results, text), append(own, here)
	}
	s.results, s.own = tupleText(results), tupleText(own)
	if len(variables) > 0 {
		list := strings.Join(variables, ", ")
		s.typeParams, s.variables, s.instance = "["+list+" any]", "["+list+"]", "["+strings.Join(instance, ", ")+"]"
	}
	return s, ""
}

func tupleText(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// takesContext reports whether the library passes a context to the work.
func (d *draft) takesContext() bool {
	if d.site.Work.Func != nil {
		return d.literalArgs() != ""
	}
	return d.literalContext() != nil
}

// typeName returns the name of a type with this directive and signature, and whether it exists already.
func (d *draft) typeName(s *signature) (name string, known bool) {
	key := d.directive + " " + s.typeParams + s.text() + " " + d.Builds(d.file)
	if name, ok := d.Rewriter.types[key]; ok && !d.nameInFile(name) {
		return name, true
	}
	name = "attempt"
	if d.taken(name) || d.nameInFile(name) {
		name = lowerFirst(d.subject()) + "Attempt"
		if d.taken(name) || d.nameInFile(name) {
			name = d.choose(name)
		}
	}
	d.names = append(d.names, name)
	d.types[key] = name
	return name, false
}

// declareType writes the type in front of the function around the site.
func (d *draft) declareType(name string, s *signature) {
	doc := fmt.Sprintf("// %s is a function that is retried.", name)
	text := fmt.Sprintf("%s\n//\n%s\ntype %s%s %s", doc, d.directive, name, s.typeParams, s.text())
	if d.decl != nil {
		at := d.decl.Pos()
		if d.decl.Doc != nil {
			at = d.decl.Doc.Pos()
		}
		d.replace(at, at, text+"\n\n")
	} else {
		d.replace(d.file.FileEnd, d.file.FileEnd, "\n"+text+"\n")
	}
	params := []string{stubContext + ".Context"}
	for _, p := range d.params {
		params = append(params, p.typ)
	}
	d.stub(d.file, "func (%s%s) WithRetry(%s) %s { panic(0) }", name, s.variables, strings.Join(params, ", "), s.results)
}

// value writes the work as a function.
func (d *draft) value(s *signature) string {
	w := d.site.Work
	switch {
	case w.Lit != nil:
		patches := w.Patches
		if len(d.params) > 0 {
			patches = append(patches[:len(patches):len(patches)], d.moreParams(w.Lit))
		}
		if w.Defined == nil {
			return d.text(w.Lit.Pos(), w.Lit.End(), patches)
		}
		d.patches = append(d.patches, patches...)
		return nameOfDefined(w.Defined)
	case w.Func != nil && len(d.params) == 0 && w.Body == "":
		return d.Source(w.Func)
	case w.Func != nil:
		return fmt.Sprintf("%s {\n%s\n}", d.header(s), d.callFunc())
	}
	return fmt.Sprintf("%s {\n%s\n}", d.header(s), d.block(nil))
}

// header writes the beginning of a function literal whose parameters are for the policy alone.
func (d *draft) header(s *signature) string {
	var params []string
	if s.ctx != "" {
		params = append(params, s.ctx)
	}
	for _, p := range d.params {
		params = append(params, "_ "+p.typ)
	}
	return "func(" + strings.Join(params, ", ") + ") " + s.own
}

// moreParams adds parameters to a literal, which does not use them.
func (d *draft) moreParams(lit *ast.FuncLit) site.Patch {
	var params []string
	for _, p := range d.params {
		if list := lit.Type.Params.List; len(list) > 0 && len(list[0].Names) == 0 {
			params = append(params, p.typ)
		} else {
			params = append(params, "_ "+p.typ)
		}
	}
	text := strings.Join(params, ", ")
	if len(lit.Type.Params.List) > 0 {
		text = ", " + text
	}
	return site.Patch{Pos: lit.Type.Params.Closing, End: lit.Type.Params.Closing, Text: text}
}

// nameOfDefined returns the variable that a statement defines.
func nameOfDefined(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Lhs[0].(*ast.Ident).Name
	case *ast.DeclStmt:
		return s.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Names[0].Name
	}
	return ""
}

// stubContext is the name of package context in stubs.
const stubContext = "retrygenContext"

// WithStubs returns the text of a file with declarations of wrappers at its end.
func WithStubs(text, stubs string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	if err != nil {
		return text
	}
	at := int(file.Name.End() - file.FileStart)
	return text[:at] + "; import " + stubContext + ` "context"` + text[at:] + "\nvar _ " + stubContext + ".Context\n" + stubs
}
