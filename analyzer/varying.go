package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/values"
)

// varying is RL307.
func (r *reporter) varying() {
	if !r.on("RL307") {
		return
	}
	for _, fn := range r.found.Funcs {
		if !fn.Flow || fn.Decl == nil || fn.Decl.Body == nil || r.generated[fn.File] {
			continue
		}
		v := &variation{reporter: r, flow: fn}
		v.gather()
		v.arguments()
		v.branches()
	}
}

// variation follows, within a flow, what is another value in each attempt.
type variation struct {
	*reporter
	flow  *directive.Func
	marks []mark
}

// mark says that a variable, or a field of it, holds a varying value from a position on.
type mark struct {
	variable types.Object
	path     string // ".ID"
	pos      token.Pos
	from     source
}

// source is where a varying value comes from.
type source struct {
	text    string // "time.Now()"
	process bool   // it stays the same as long as the process runs
}

// later says when the value is another.
func (s *source) later() string {
	if s.process {
		return "a later process"
	}
	return "a later attempt"
}

// gather marks the variables of the flow.
func (v *variation) gather() {
	ast.Inspect(v.flow.Decl.Body, func(n ast.Node) bool {
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
			if name := fullName(v.TypesInfo, n); name == "crypto/rand.Read" || name == "math/rand.Read" {
				v.mark(n.Args[0], "", n.End(), source{text: text(n.Fun) + "()"})
			}
		}
		return true
	})
}

// assign marks what a value is assigned to: of a struct literal, the fields that vary.
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

func (v *variation) assignFields(left ast.Expr, path string, lit *ast.CompositeLit, pos token.Pos) {
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			if from := v.in(element); from != nil {
				v.mark(left, path, pos, *from)
			}
			continue
		}
		at := path + "." + text(pair.Key)
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

// mark marks a variable, a field or an element of one, or what an element belongs to. Contexts and errors tell no calls apart.
func (v *variation) mark(left ast.Expr, path string, pos token.Pos, from source) {
	if t := v.TypesInfo.TypeOf(left); path == "" && t != nil && (isContext(t) || types.Identical(t, errorType)) {
		return
	}
	if object, to := v.place(left); object != nil {
		v.marks = append(v.marks, mark{object, to + path, pos, from})
	}
}

// place gives the variable that an expression begins with, and the fields that lead on from there.
func (v *variation) place(e ast.Expr) (types.Object, string) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if object, ok := v.TypesInfo.ObjectOf(e).(*types.Var); ok && e.Name != "_" {
			return object, ""
		}
	case *ast.SelectorExpr:
		if object, path := v.place(e.X); object != nil {
			return object, path + "." + e.Sel.Name
		}
	case *ast.IndexExpr:
		object, path := v.place(e.X)
		if key := v.TypesInfo.Types[e.Index].Value; key != nil && object != nil {
			path += ".[" + key.ExactString() + "]"
		}
		return object, path
	case *ast.SliceExpr:
		return v.place(e.X)
	case *ast.StarExpr:
		return v.place(e.X)
	}
	return nil, ""
}

// marked finds the mark of a variable or field, or of one around or within it.
func (v *variation) marked(e ast.Expr) *source {
	object, path := v.place(e)
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

// arguments reports varying arguments of calls that are told apart by them.
func (v *variation) arguments() {
	v.callsNow(v.flow.Decl, func(call *ast.CallExpr, callee *types.Func) {
		durable, ok := v.remembered(callee)
		if !ok {
			return
		}
		for _, arg := range call.Args {
			t := v.TypesInfo.TypeOf(arg)
			if t == nil || isContext(t) || v.keyed(t) {
				continue
			}
			if from := v.in(arg); from != nil && (durable || !from.process) {
				v.reportf("RL307", arg, "%s comes from %s, which is another in %s of %s: what %s gave for this one is not found again; let a task that is remembered give it, or take it as an argument of the flow",
					shortened(arg), from.text, from.later(), v.flow.Name, callee.Name())
			}
		}
	})
}

// keyed reports whether a type says itself what it is told apart by.
func (v *variation) keyed(t types.Type) bool {
	form, _ := values.FormOf(t, v.Pkg)
	return form == values.KeyedForm || form == values.KeyedPointer
}

// shortened writes an expression that is not too long for a message.
func shortened(e ast.Expr) string {
	if s := text(e); len(s) <= 40 {
		return s
	}
	return "this argument"
}

// branches reports conditions that vary and choose between calls that are remembered.
func (v *variation) branches() {
	ast.Inspect(v.flow.Decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			for i, stmt := range n.List {
				if branch, ok := stmt.(*ast.IfStmt); ok && branch.Else == nil && v.leaves(branch.Body.List) {
					v.choice(branch.Cond, branch.Body, &ast.BlockStmt{List: n.List[i+1:]})
				}
			}
		case *ast.IfStmt:
			if n.Else != nil {
				v.choice(n.Cond, n.Body, n.Else)
			}
		case *ast.SwitchStmt:
			v.choiceOf(n)
		}
		return true
	})
}

// leaves reports whether a list of statements ends by going elsewhere, other than with an error.
func (v *variation) leaves(list []ast.Stmt) bool {
	if len(list) == 0 || !ends(list, false) && !goesOn(list) {
		return false
	}
	give, ok := list[len(list)-1].(*ast.ReturnStmt)
	if !ok || len(give.Results) == 0 {
		return true
	}
	last := ast.Unparen(give.Results[len(give.Results)-1])
	if call, ok := last.(*ast.CallExpr); ok {
		_, remembered := v.remembered(calleeOf(v.TypesInfo, call))
		return remembered
	}
	return v.TypesInfo.Types[last].IsNil()
}

// choiceOf is choice for a switch: its tag chooses from all clauses, a condition of its own between its clause and those
// below.
func (v *variation) choiceOf(n *ast.SwitchStmt) {
	var clauses []ast.Node
	for _, clause := range n.Body.List {
		clauses = append(clauses, &ast.BlockStmt{List: clause.(*ast.CaseClause).Body})
	}
	if n.Tag != nil {
		v.choice(n.Tag, clauses...)
		return
	}
	for i, clause := range n.Body.List {
		rest := &ast.BlockStmt{}
		for _, below := range n.Body.List[i+1:] {
			rest.List = append(rest.List, below.(*ast.CaseClause).Body...)
		}
		for _, condition := range clause.(*ast.CaseClause).List {
			v.choice(condition, clauses[i], rest)
		}
	}
}

// choice reports a condition that varies, where two of the ways that it chooses from are remembered.
func (v *variation) choice(condition ast.Expr, ways ...ast.Node) {
	from := v.in(condition)
	if from == nil {
		return
	}
	durable, taken := false, 0
	for _, way := range ways {
		found := false
		ast.Inspect(way, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if kept, ok := v.remembered(calleeOf(v.TypesInfo, call)); ok {
					found, durable = true, durable || kept
				}
			}
			return true
		})
		if found {
			taken++
		}
	}
	if taken >= 2 && (durable || !from.process) {
		v.reportf("RL307", condition, "which tasks run here depends on %s, which is another in %s of %s: that may go another way, and find nothing of what this one did; let a task that is remembered decide",
			from.text, from.later(), v.flow.Name)
	}
}
