package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// flowRuns are the functions of a package that the context of a flow reaches, each with a flow that it comes from.
type flowRuns struct {
	all      map[*types.Func]*types.Func
	untasked map[*types.Func]*types.Func // with no task between: what happens in a task is the task's own affair
}

// flowRunsOf finds the functions that flows of this package reach with their contexts.
func flowRunsOf(p *check.Pass) *flowRuns {
	return &flowRuns{reached(p, true), reached(p, false)}
}

// reached follows the contexts of all flows from call to call, into tasks or not.
func reached(p *check.Pass, tasks bool) map[*types.Func]*types.Func {
	from := map[*types.Func]*types.Func{}
	var queue []*types.Func
	for _, fn := range p.Found.Funcs {
		if fn.Flow {
			from[fn.Object] = fn.Object
			queue = append(queue, fn.Object)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, callee := range givenContext(p, queue[0], tasks) {
			if from[callee] == nil {
				from[callee] = from[queue[0]]
				queue = append(queue, callee)
			}
		}
	}
	return from
}

// givenContext returns the functions of this package that a function hands its context to.
func givenContext(p *check.Pass, caller *types.Func, tasks bool) []*types.Func {
	decl := p.Bodies[caller]
	if decl == nil {
		return nil
	}
	var list []*types.Func
	syntax.InspectCalls(p.TypesInfo, decl, nil, func(call *ast.CallExpr, callee *types.Func) {
		if callee.Pkg() != p.Pkg {
			return
		}
		callee = callee.Origin()
		if fn := p.Wrappers[callee]; fn != nil {
			callee = fn.Object
		}
		if p.Annotated[callee] != nil && !tasks || p.Bodies[callee] == nil {
			return
		}
		if ctx := syntax.ContextArg(p.TypesInfo, call); ctx != nil && newTracer(p, decl, nil).origin(ctx) != fromElsewhere {
			list = append(list, callee)
		}
	})
	return list
}
