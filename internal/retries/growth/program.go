package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/syntax"
)

// program is a package with what is known of its functions.
type program struct {
	pass  *analysis.Pass
	info  *types.Info
	pkg   *types.Package
	list  []*function
	funcs map[*types.Func]*function
	grows map[*types.Func]bool      // functions in which a delay grows
	sites map[ast.Node]bool         // what makes delays grow
	vars  map[types.Object]ast.Expr // what variables of the package begin with
	slots map[place]*slot

	known    *assigned                  // nil until it is asked for
	literals map[*ast.FuncLit]*function // the literals among list
	held     map[*types.Var][]*function // see functionsIn

	spare       []expression
	freed       []*env     // to be used again
	idlePending []*pending // the same
}

func newProgram(pass *analysis.Pass) *program {
	p := &program{
		pass: pass, info: pass.TypesInfo, pkg: pass.Pkg, funcs: map[*types.Func]*function{}, grows: map[*types.Func]bool{},
		sites: map[ast.Node]bool{}, vars: map[types.Object]ast.Expr{}, slots: map[place]*slot{},
		literals: map[*ast.FuncLit]*function{},
	}
	for _, file := range pass.Files {
		if ast.IsGenerated(file) {
			continue // nobody waits in it
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				p.declared(decl)
			case *ast.GenDecl:
				p.variables(decl)
			}
		}
	}
	p.computing()
	return p
}

// variables notes what the variables of the package begin with.
func (p *program) variables(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || decl.Tok != token.VAR || len(spec.Names) != len(spec.Values) {
			continue
		}
		for i, name := range spec.Names {
			if object := p.info.Defs[name]; object != nil && p.info.Types[spec.Values[i]].Value != nil {
				p.vars[object] = spec.Values[i]
			}
		}
	}
}

// declared adds a function and the literals in it, those that have to do with delays.
func (p *program) declared(decl *ast.FuncDecl) {
	object, ok := p.info.Defs[decl.Name].(*types.Func)
	if !ok || decl.Body == nil {
		return
	}
	f := &function{node: decl, sig: object.Signature(), kind: decl.Type, body: decl.Body, object: object}
	p.funcs[object] = f
	p.add(f)
}

func (p *program) add(f *function) {
	f.delays = f.object != nil && soundsLikeDelay(f.object.Name()) || p.hasDuration(f.node)
	if f.delays {
		f.writes = collectWrites(p.info, f.body)
	}
	p.list = append(p.list, f)
	if literal, ok := f.node.(*ast.FuncLit); ok {
		p.literals[literal] = f
	}
	ast.Inspect(f.body, func(n ast.Node) bool {
		literal, ok := n.(*ast.FuncLit)
		if ok {
			sig, _ := p.info.TypeOf(literal).(*types.Signature)
			p.add(&function{node: literal, sig: sig, kind: literal.Type, body: literal.Body, outer: f})
		}
		return !ok
	})
}

// computing adds the functions that compute numbers for those that have to do with delays.
func (p *program) computing() {
	todo := slices.Clone(p.list)
	for range deepest {
		var next []*function
		for _, f := range todo {
			if !f.delays {
				continue
			}
			syntax.InspectOwn(f.body, func(n ast.Node) {
				if call, ok := n.(*ast.CallExpr); ok {
					if g := p.computes(call); g != nil {
						g.delays, g.computes, g.writes = true, true, collectWrites(p.info, g.body)
						next = append(next, g)
					}
				}
			})
		}
		todo = next
	}
}

// computes returns the function of the package that a call calls in order to compute one number of others, nil for none that
// is new.
func (p *program) computes(call *ast.CallExpr) *function {
	fn := syntax.Callee(p.info, call)
	if fn == nil || p.funcs[fn.Origin()] == nil || p.funcs[fn.Origin()].delays || fn.Signature().Results().Len() != 1 {
		return nil
	}
	_, result := numberOf(fn.Signature().Results().At(0).Type())
	for v := range fn.Signature().Params().Variables() {
		if _, number := numberOf(v.Type()); number && result {
			return p.funcs[fn.Origin()]
		}
	}
	return nil
}

// hasDuration reports whether anything in a function is a time.Duration, or is named like one.
func (p *program) hasDuration(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			object := p.info.Uses[id]
			found = object != nil && (isDuration(object.Type()) || isTimer[nameOfTimer(object)] || isDelayNumber(object))
		}
		return !found
	})
	return found
}

// isDelayNumber reports whether a variable or a field is a number that is named like a delay, such as retryWaitMs.
func isDelayNumber(object types.Object) bool {
	v, ok := object.(*types.Var)
	if !ok {
		return false
	}
	_, number := numberOf(v.Type())
	return number && soundsLikeDelay(v.Name())
}

// nameOfTimer returns the full name of a function, "" for anything else.
func nameOfTimer(object types.Object) string {
	if fn, ok := object.(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "time" {
		return fn.FullName()
	}
	return ""
}
