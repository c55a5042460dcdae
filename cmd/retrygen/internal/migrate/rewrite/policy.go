package rewrite

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// policy writes the options of the directive. Names that a directive cannot say become parameters. It returns why it cannot.
func (d *draft) policy() (options []string, reason string) {
	for _, o := range d.site.Policy {
		if o.Hook != nil {
			call, why := d.hook(o.Name, o.Hook)
			if why != "" {
				return nil, why
			}
			options = append(options, o.Name+"="+call)
			continue
		}
		var operands []any
		for _, e := range o.Operands {
			if o.Computed != "" {
				for _, path := range o.Imports {
					d.pkg(path, path)
				}
				name, t := paramName(o.Name, e), d.Info.TypeOf(e)
				if o.Computed == site.Len {
					name, t = o.Name, types.Typ[types.Int]
				}
				operands = append(operands, d.addParam(name, t, fmt.Sprintf(o.Computed, d.Operand(e)), nil))
				continue
			}
			operands = append(operands, d.operand(o.Name, e))
		}
		if value := fmt.Sprintf(o.Format, operands...); value == "" {
			options = append(options, o.Name) // a flag
		} else {
			options = append(options, o.Name+"="+value)
		}
	}
	return options, ""
}

// operand returns how a directive says an expression of the site: by a name of the package or of an import, by a selection
// from the receiver or from a parameter, otherwise by a parameter of its own.
func (d *draft) operand(option string, e ast.Expr) string {
	e = d.withoutConversion(option, e)
	if name := d.packageLevel(e); name != "" {
		return name
	}
	if id, path := selection(d.Info, e); id != nil {
		v, _ := d.Info.Uses[id].(*types.Var)
		switch {
		case v == nil:
		case v == d.self && path != "":
			return path
		case d.isParam(v):
			return id.Name + path
		case path != "" && d.decl != nil && (d.hooksMention(v) || d.selectsOften(v)):
			return d.addParam(id.Name, v.Type(), id.Name, v) + path
		case path == "" && d.decl != nil:
			return d.addParam(id.Name, v.Type(), id.Name, v)
		}
	}
	return d.addParam(paramName(option, e), d.Info.TypeOf(e), d.Source(e), nil)
}

// withoutConversion drops a conversion between integers around a count, as directives take all of them.
func (d *draft) withoutConversion(option string, e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	call, ok := e.(*ast.CallExpr)
	if option != "retries" && option != "attempts" || !ok || len(call.Args) != 1 || !d.Info.Types[call.Fun].IsType() {
		return e
	}
	if basic, ok := d.Info.TypeOf(call.Args[0]).Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
		return ast.Unparen(call.Args[0])
	}
	return e
}

// packageLevel returns the name of a constant, variable or function at package level, "" for any other expression.
func (d *draft) packageLevel(e ast.Expr) string {
	var id *ast.Ident
	prefix := ""
	switch e := e.(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		from, ok := e.X.(*ast.Ident)
		if !ok {
			return ""
		}
		pkg, ok := d.Info.Uses[from].(*types.PkgName)
		if !ok {
			return ""
		}
		id, prefix = e.Sel, pkg.Imported().Path()+"."
		if d.staysImported(pkg, from) {
			prefix = from.Name + "."
		}
	default:
		return ""
	}
	object := d.Info.Uses[id]
	if object == nil || object.Pkg() == nil || object.Parent() != object.Pkg().Scope() {
		return ""
	}
	return prefix + id.Name
}

// staysImported reports whether the file uses an import apart from the site.
func (d *draft) staysImported(pkg *types.PkgName, but *ast.Ident) bool {
	stays := false
	ast.Inspect(d.file, func(n ast.Node) bool {
		if n == ast.Node(d.site.Call) && n != nil {
			for _, region := range d.region() {
				ast.Inspect(region, func(n ast.Node) bool {
					id, ok := n.(*ast.Ident)
					stays = stays || ok && d.Info.Uses[id] == pkg
					return true
				})
			}
			return false
		}
		for _, s := range d.site.Removes {
			if n == ast.Node(s) {
				return false
			}
		}
		id, ok := n.(*ast.Ident)
		stays = stays || ok && id != but && d.Info.Uses[id] == pkg
		return !stays
	})
	return stays
}

// selection returns the variable that fields are selected from, and the path behind it: "" or ".a.b". The variable is nil
// for any other expression.
func selection(info *types.Info, e ast.Expr) (*ast.Ident, string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e, ""
	case *ast.SelectorExpr:
		if v, ok := info.Uses[e.Sel].(*types.Var); !ok || !v.IsField() {
			return nil, ""
		}
		id, path := selection(info, e.X)
		return id, path + "." + e.Sel.Name
	}
	return nil, ""
}

// isParam reports whether a variable is a parameter of the new function.
func (d *draft) isParam(v *types.Var) bool {
	for _, p := range d.params {
		if p.v == v {
			return true
		}
	}
	return false
}

// addParam adds a parameter, and returns its name.
func (d *draft) addParam(name string, t types.Type, arg string, v *types.Var) string {
	for _, p := range d.params {
		if p.arg == arg {
			return p.name
		}
	}
	typ, ok := d.typeText(t)
	if !ok {
		typ = "" // the result will not build
	}
	base := name
	for n := 2; d.hasParam(name); n++ {
		name = fmt.Sprint(base, n)
	}
	d.params = append(d.params, param{name: name, typ: typ, arg: arg, v: v})
	return name
}

func (d *draft) hasParam(name string) bool {
	for _, p := range d.params {
		if p.name == name {
			return true
		}
	}
	return name == "ctx" || d.self != nil && name == d.self.Name()
}

// paramName is a name for a value of the policy.
func paramName(option string, e ast.Expr) string {
	name := ""
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		name = lowerFirst(e.Sel.Name)
	case *ast.Ident:
		name = e.Name
	}
	if name != "" && types.Universe.Lookup(name) == nil {
		return name
	}
	switch option {
	case "cap":
		return "maxDelay"
	case "within":
		return "maxElapsed"
	}
	return option
}

// lowerFirst writes a name as unexported ones are.
func lowerFirst(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

func upperFirst(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// hook writes the call of a function of the site. A literal and a condition become functions of their own.
func (d *draft) hook(option string, h *site.Hook) (call, reason string) {
	switch {
	case h.Cond != nil:
		return d.condition(option, h)
	case h.Body != "":
		return d.bodied(option, h)
	}
	if lit, ok := ast.Unparen(h.Func).(*ast.FuncLit); ok {
		return d.literal(option, h, lit)
	}
	var words []string
	for _, a := range h.Args {
		if a.Let != "" {
			return d.adapted(option, h)
		}
		word := a.Word
		if a.Var != nil {
			var why string
			if word, why = d.word(a.Var, word); why != "" {
				return "", why
			}
		}
		words = append(words, word)
	}
	name := d.packageLevel(h.Func)
	if sel, ok := ast.Unparen(h.Func).(*ast.SelectorExpr); ok && name == "" {
		if id, path := selection(d.Info, sel.X); id != nil && d.self != nil && d.Info.Uses[id] == d.self {
			name = path + "." + sel.Sel.Name
		}
	}
	if name == "" {
		name = d.operand(option, h.Func)
	}
	if option == "if" && len(words) == 1 && words[0] == "err" {
		return name, ""
	}
	return name + "(" + strings.Join(words, ",") + ")", ""
}
