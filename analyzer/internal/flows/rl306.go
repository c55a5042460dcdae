package flows

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Of a call that leaves the run of its flow, the lost checkpoints are the finding: the retries that RL302 and RL305 see are
// the smaller harm, and one fix serves for both.
var _ = Checks.Add("RL306", rl306).Over("RL302", "RL305")

// rl306 finds calls in flows whose results are not recorded: they get another context than the flow's, or do without the
// wrapper.
func rl306(p *check.Pass) {
	runs := flowRunsOf(p)
	if len(runs.all) == 0 {
		return
	}
	d := &detached{p, runs, carriersOf(p, runs)}
	for decl := range p.Functions {
		if flow := runs.all[p.Func(decl)]; flow != nil {
			d.function(decl, flow)
		}
	}
}

// detached is the search for calls that leave the run of their flow.
type detached struct {
	*check.Pass
	runs     *flowRuns
	carriers map[*types.Func]string
}

// function looks at the calls of a function that the context of a flow reaches.
func (d *detached) function(decl *ast.FuncDecl, flow *types.Func) {
	own := d.Func(decl)
	started := startedIn(decl)
	callsNow(d.Pass, decl, func(call *ast.CallExpr, callee *types.Func) {
		name := carries(d.Pass, d.carriers, callee)
		direct := d.runs.untasked[own]
		switch {
		case name != "" && started[call] && name != callee.Name():
			// What goes on in the background, with a context of its own, is no part of the flow.
		case name != "":
			d.otherContext(decl, call, callee, name, flow)
		case direct != nil && callee.Origin() != own:
			d.withoutWrapper(call, callee, direct)
		}
	})
}

// startedIn returns the calls that go statements make.
func startedIn(decl *ast.FuncDecl) map[*ast.CallExpr]bool {
	started := map[*ast.CallExpr]bool{}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if n, ok := n.(*ast.GoStmt); ok {
			started[n.Call] = true
		}
		return true
	})
	return started
}

// otherContext reports a call whose context is not the flow's. The name is the name of the checkpoint that the context would
// reach.
func (d *detached) otherContext(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func, name string, flow *types.Func) {
	ctx := syntax.ContextArg(d.TypesInfo, call)
	tracer := newTracer(d.Pass, decl, d.runs)
	if ctx == nil || tracer.origin(ctx) != fromElsewhere {
		return
	}
	what := "nothing of it is remembered"
	if name != callee.Name() {
		what = "nothing of " + name + " within it is remembered"
	}
	message := fmt.Sprintf("%s gets a context that is not derived from the context of the flow %s: %s", callee.Name(), flow.Name(), what)
	var fix *analysis.SuggestedFix
	if own, v := d.ContextVar(call.Pos()); own != "" {
		v, _ := v.(*types.Var)
		_, local := ast.Unparen(ctx).(*ast.Ident)
		if from, _ := tracer.ofVariable(v); from == fromCaller && !local {
			message += "; pass " + own
			fix = check.Replace("Use "+own, ctx.Pos(), ctx.End(), own)
		}
	}
	d.Report(check.Finding{Pos: ctx.Pos(), End: ctx.End(), Subject: call, Message: message, Fix: fix})
}

// withoutWrapper reports a direct call of a task with a checkpoint.
func (d *detached) withoutWrapper(call *ast.CallExpr, callee *types.Func, flow *types.Func) {
	task := d.Annotation(callee.Origin())
	if task.Wrapper == "" || !task.Checkpoint {
		return
	}
	d.Report(check.Finding{
		Pos: call.Pos(), End: call.End(), Subject: call, Fix: check.CallWrapper(call, task),
		Message: fmt.Sprintf("%s is called directly in the flow %s, so that nothing of it is remembered; call %s",
			callee.Name(), flow.Name(), task.Wrapper),
	})
}
