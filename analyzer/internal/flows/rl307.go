package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
	"github.com/retrygen/retrygen/internal/values"
)

var _ = Checks.Add("RL307", rl307)

// rl307 finds flows whose calls depend on the clock or on random values, so that a later attempt does not find what an
// earlier one has recorded.
func rl307(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if !fn.Flow || fn.Decl == nil || fn.Decl.Body == nil || p.Generated[fn.File] {
			continue
		}
		v := &variation{Pass: p, flow: fn, body: fn.Decl.Body}
		v.gather()
		v.arguments()
		v.branches()
	}
}

// arguments reports arguments that vary, of calls with a checkpoint, which arguments identify.
func (v *variation) arguments() {
	callsNow(v.Pass, v.flow.Decl, func(call *ast.CallExpr, callee *types.Func) {
		durable, ok := v.Checkpointed(callee)
		if !ok {
			return
		}
		for _, arg := range call.Args {
			t := v.TypesInfo.TypeOf(arg)
			if t == nil || syntax.IsContext(t) || v.keyed(t) {
				continue
			}
			if from := v.in(arg); from != nil && (durable || !from.process) {
				v.Reportf(arg, "%s comes from %s, which is different in %s of %s: the recorded result of %s is not found; "+
					"get it from a task with a checkpoint, or take it as an argument of the flow",
					shortened(arg), from.text, from.later(), v.flow.Name, callee.Name())
			}
		}
	})
}

// keyed reports whether the values of a type have keys of their own, which identify them.
func (v *variation) keyed(t types.Type) bool {
	form, _ := values.FormOf(t, v.Pkg)
	return form == values.KeyedForm || form == values.KeyedPointer
}

// shortened returns the text of an expression, or a description if that is too long for a message.
func shortened(e ast.Expr) string {
	if s := syntax.Text(e); len(s) <= 40 {
		return s
	}
	return "this argument"
}

// branches reports conditions that vary and choose between calls with a checkpoint.
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
	if len(list) == 0 || !syntax.Leaves(list, false) && !syntax.Continues(list) {
		return false
	}
	give, ok := list[len(list)-1].(*ast.ReturnStmt)
	if !ok || len(give.Results) == 0 {
		return true
	}
	last := ast.Unparen(give.Results[len(give.Results)-1])
	if call, ok := last.(*ast.CallExpr); ok {
		_, remembered := v.Checkpointed(syntax.Callee(v.TypesInfo, call))
		return remembered
	}
	return v.TypesInfo.Types[last].IsNil()
}

// choiceOf is choice for a switch. A tag chooses from all clauses; without a tag each condition chooses between its clause
// and those below.
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

// choice reports a condition that varies, if two of the ways that it chooses from make calls with a checkpoint.
func (v *variation) choice(condition ast.Expr, ways ...ast.Node) {
	from := v.in(condition)
	if from == nil {
		return
	}
	durable, taken := false, 0
	for _, way := range ways {
		some, lasting := v.checkpoints(way)
		if some {
			taken++
		}
		durable = durable || lasting
	}
	if taken >= 2 && (durable || !from.process) {
		v.Reportf(condition, "which tasks run here depends on %s, which is different in %s of %s: other tasks may run there, "+
			"and recorded results are not used; decide by the result of a task with a checkpoint", from.text, from.later(), v.flow.Name)
	}
}

// checkpoints reports whether code makes calls with a checkpoint, and durable ones among them.
func (v *variation) checkpoints(code ast.Node) (some, durable bool) {
	ast.Inspect(code, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if lasting, ok := v.Checkpointed(syntax.Callee(v.TypesInfo, call)); ok {
				some, durable = true, durable || lasting
			}
		}
		return true
	})
	return some, durable
}
