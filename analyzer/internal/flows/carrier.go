package flows

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// carriersOf returns the functions of this package that pass their context to calls with a checkpoint, each with the
// name of one.
func carriersOf(p *check.Pass, runs *flowRuns) map[*types.Func]string {
	carriers := map[*types.Func]string{}
	for grown := true; grown; {
		grown = false
		for decl := range p.Functions {
			fn := p.Func(decl)
			if carriers[fn] != "" {
				continue
			}
			callsNow(p, decl, func(call *ast.CallExpr, callee *types.Func) {
				name, ctx := carries(p, carriers, callee), syntax.ContextArg(p.TypesInfo, call)
				if name != "" && ctx != nil && newTracer(p, decl, runs).origin(ctx) == fromCaller {
					carriers[fn], grown = name, true
				}
			})
		}
	}
	return carriers
}

// carries returns the name of a call with a checkpoint that the context of a call reaches, "" for none. It does not look
// into a flow within a flow, which may have a run of its own.
func carries(p *check.Pass, carriers map[*types.Func]string, callee *types.Func) string {
	if _, ok := p.Checkpointed(callee); ok {
		return callee.Name()
	}
	callee = callee.Origin()
	if fn := p.Wrappers[callee]; fn != nil {
		callee = fn.Object
	}
	if fn := p.Annotated[callee]; fn != nil && fn.Flow {
		return ""
	}
	return carriers[callee]
}
