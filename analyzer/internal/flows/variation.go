package flows

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

// variation follows the values that vary from one attempt to the next.
type variation struct {
	*check.Pass
	flow  *directive.Func // whose calls are checked; nil for an attempt that is no flow
	body  ast.Node        // of what runs again
	marks []mark
}

// mark records that a variable, or a field of it, holds a value that varies from a position on.
type mark struct {
	variable types.Object
	path     string // ".ID"
	pos      token.Pos
	from     source
}

// source is where a value that varies comes from.
type source struct {
	text    string // "time.Now()"
	process bool   // it varies from process to process only
}

// later names the first attempt that may have another value.
func (s *source) later() string {
	if s.process {
		return "a later process"
	}
	return "a later attempt"
}

// gather marks the variables of the attempt.
func (v *variation) gather() {
	ast.Inspect(v.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				v.assign(left, n.Rhs[min(i, len(n.Rhs)-1)], n.End())
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) > 0 {
					v.assign(id, n.Values[min(i, len(n.Values)-1)], n.End())
				}
			}
		case *ast.CallExpr:
			if name := syntax.FullName(v.TypesInfo, n); name == "crypto/rand.Read" || name == "math/rand.Read" {
				v.mark(n.Args[0], "", n.End(), source{text: syntax.Text(n.Fun) + "()"})
			}
		}
		return true
	})
}

// assign marks the target of an assignment: for a struct literal, the fields that vary.
func (v *variation) assign(left, right ast.Expr, pos token.Pos) {
	value := ast.Unparen(right)
	if address, ok := value.(*ast.UnaryExpr); ok && address.Op == token.AND {
		value = ast.Unparen(address.X)
	}
	if lit, ok := value.(*ast.CompositeLit); ok && isStruct(v.TypesInfo.TypeOf(lit)) {
		v.assignFields(left, "", lit, pos)
		return
	}
	if from := v.in(right); from != nil {
		v.mark(left, "", pos, *from)
	}
}

// assignFields marks the fields of a variable that a struct literal sets to values that vary.
func (v *variation) assignFields(left ast.Expr, path string, lit *ast.CompositeLit, pos token.Pos) {
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			if from := v.in(element); from != nil {
				v.mark(left, path, pos, *from)
			}
			continue
		}
		at := path + "." + syntax.Text(pair.Key)
		if inner, ok := ast.Unparen(pair.Value).(*ast.CompositeLit); ok && isStruct(v.TypesInfo.TypeOf(inner)) {
			v.assignFields(left, at, inner, pos)
		} else if from := v.in(pair.Value); from != nil {
			v.mark(left, at, pos, *from)
		}
	}
}

func isStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// mark marks a variable, a field or an element of one, or what an element belongs to. Contexts and errors identify no calls.
func (v *variation) mark(left ast.Expr, path string, pos token.Pos, from source) {
	if t := v.TypesInfo.TypeOf(left); path == "" && (syntax.IsContext(t) || syntax.IsErrorItself(t)) {
		return
	}
	if object, to := v.root(left); object != nil {
		v.marks = append(v.marks, mark{object, to + path, pos, from})
	}
}

// root returns the variable that an expression begins with, and the path of fields behind it.
func (v *variation) root(e ast.Expr) (types.Object, string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if object, ok := v.TypesInfo.ObjectOf(e).(*types.Var); ok && e.Name != "_" {
			return object, ""
		}
	case *ast.SelectorExpr:
		if object, path := v.root(e.X); object != nil {
			return object, path + "." + e.Sel.Name
		}
	case *ast.IndexExpr:
		object, path := v.root(e.X)
		if key := v.TypesInfo.Types[e.Index].Value; key != nil && object != nil {
			path += ".[" + key.ExactString() + "]"
		}
		return object, path
	case *ast.SliceExpr:
		return v.root(e.X)
	case *ast.StarExpr:
		return v.root(e.X)
	}
	return nil, ""
}

// marked returns the source of a variable or field, or of one around it or in it, nil if none of them varies.
func (v *variation) marked(e ast.Expr) *source {
	object, path := v.root(e)
	if object == nil {
		return nil
	}
	for i, m := range v.marks {
		within := strings.HasPrefix(m.path+".", path+".") || strings.HasPrefix(path+".", m.path+".")
		if m.variable == object && m.pos <= e.Pos() && within {
			return &v.marks[i].from
		}
	}
	return nil
}
