package retries

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// expr returns the bound of all calls in an expression or a simple statement. The body of a function literal runs where
// the literal is called, or where it is passed on.
func (b *body) expr(n ast.Node) chain.Bound {
	var sum chain.Bound
	if n == nil || n == ast.Expr(nil) {
		return sum
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			sum = sum.Plus(b.call(n)).Plus(b.appended(n))
		case *ast.CompositeLit:
			sum = sum.Plus(b.elements(n))
		case *ast.AssignStmt:
			sum = sum.Plus(b.stored(n))
		case *ast.SendStmt:
			sum.Blocks = true
			sum = sum.Plus(b.kept(n.Value))
		case *ast.UnaryExpr:
			sum.Blocks = sum.Blocks || n.Op == token.ARROW
		}
		return true
	})
	return sum
}

// call returns the bound of a call, without the calls in its operands.
func (b *body) call(call *ast.CallExpr) chain.Bound {
	info := b.pass.TypesInfo
	if fun := info.Types[call.Fun]; fun.IsType() || fun.IsBuiltin() {
		return chain.Bound{}
	}
	callee := b.Callee(call)
	if callee == nil {
		return b.value(call.Fun).Plus(b.arguments(call, false))
	}
	if link := library.CallLink(info, callee, call); link != nil {
		link.Pos = b.position(call.Pos())
		b.inside[call] = b.arguments(call, true)
		return b.inside[call].Inside(*link)
	}
	if link := library.ClientLink(callee); link != nil {
		return chain.Bound{}.Inside(*link)
	}
	if sum, ok := b.retried(call, callee); ok {
		return sum
	}
	sum := b.boundOf(callee)
	if strings.HasPrefix(sum.Why, interfaceCall) {
		sum.Why = b.site(call.Pos()) + ": " + sum.Why
	}
	sum.Params = false // what the parameters are is known here
	sum.Blocks = sum.Blocks || blocks(callee) || b.elsewhere(callee)
	return sum.Plus(b.arguments(call, runsOnce(callee)))
}

// arguments returns the bound of the functions among the arguments of a call: the callee calls them once, or it is not
// known how often.
func (b *body) arguments(call *ast.CallExpr, once bool) chain.Bound {
	var sum chain.Bound
	for _, arg := range call.Args {
		if _, ok := syntax.Underlying(b.pass.TypesInfo.TypeOf(arg)).(*types.Signature); !ok {
			continue
		}
		v := b.value(arg)
		if !once {
			v = v.Often(b.site(arg.Pos()) + ": it is not known how often the function that is passed on is called")
		}
		sum = sum.Plus(v)
	}
	return sum
}

// value returns the bound of a call of a function value.
func (b *body) value(e ast.Expr) chain.Bound {
	e = ast.Unparen(e)
	info := b.pass.TypesInfo
	if lit, ok := e.(*ast.FuncLit); ok {
		return b.literal(lit)
	}
	if info.Types[e].IsNil() || isCancel(info.TypeOf(e)) {
		return chain.Bound{}
	}
	switch e := e.(type) {
	case *ast.IndexExpr: // an instantiation
		if fn := declared(info, e.X); fn != nil {
			return b.boundOf(fn)
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 && info.Types[e.Fun].IsType() {
			return b.value(e.Args[0])
		}
		if fn := syntax.Callee(info, e); fn != nil && (standard(fn) || library.Retries(fn.Pkg().Path())) {
			return chain.Bound{} // such as an iterator of package maps, or an option of a retry library
		}
	case *ast.Ident:
		switch {
		case b.locals.params[info.Uses[e]]:
			return chain.Bound{Params: true}
		case b.locals.yields[info.Uses[e]]:
			return chain.Bound{}
		}
		if value := b.locals.values[info.Uses[e]]; value != nil {
			return b.value(value)
		}
	}
	if fn := declared(info, e); fn != nil {
		return b.boundOf(fn)
	}
	if t := info.TypeOf(e); t == nil || t == types.Typ[types.Invalid] {
		return chain.Unknown(b.site(e.Pos()) + ": a call of what is not declared")
	}
	if isStandardType(info.TypeOf(e)) {
		return chain.Bound{}
	}
	return chain.Unknown(b.site(e.Pos()) + ": a call of a function value")
}

// declared returns the function or the method that an expression names, nil for any other.
func declared(info *types.Info, e ast.Expr) *types.Func {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		fn, _ := info.Uses[e].(*types.Func)
		return fn
	case *ast.SelectorExpr:
		fn, _ := info.Uses[e.Sel].(*types.Func)
		return fn
	}
	return nil
}

// literal returns the bound of a call of a function literal.
func (b *body) literal(lit *ast.FuncLit) chain.Bound {
	if known, ok := b.literals[lit]; ok {
		return known
	}
	if b.busy[lit] {
		return chain.Unknown(b.site(lit.Pos()) + ": a function literal that calls itself")
	}
	b.busy[lit] = true
	sum := b.block(lit.Body)
	delete(b.busy, lit)
	b.literals[lit] = sum
	return sum
}

// isCancel reports whether a function value ends a context.
func isCancel(t types.Type) bool {
	return syntax.IsNamed(t, "context", "CancelFunc") || syntax.IsNamed(t, "context", "CancelCauseFunc")
}

// isStandardType reports whether the standard library declares the type of a function value, such as http.HandlerFunc.
func isStandardType(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && standard(named.Obj())
}

// once are the functions that call the function that they are given once.
var once = syntax.NameSet("sync.WaitGroup.Go", "sync.Once.Do", "time.AfterFunc", "context.AfterFunc",
	"golang.org/x/sync/errgroup.Group.Go", "golang.org/x/sync/errgroup.Group.TryGo")

func runsOnce(fn *types.Func) bool {
	return fn.Pkg() != nil && once[fn.Pkg().Path()+"."+syntax.Qualified(fn)]
}

// waiting are the functions that wait for other goroutines.
var waiting = syntax.NameSet("sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.Locker.Lock", "sync.WaitGroup.Wait",
	"sync.Cond.Wait", "sync.Once.Do", "golang.org/x/sync/errgroup.Group.Wait")

func blocks(fn *types.Func) bool {
	return fn.Pkg() != nil && waiting[fn.Pkg().Path()+"."+syntax.Qualified(fn)]
}

// elsewhere reports whether nothing is known of a function of another package, which may wait for a goroutine: for a place
// in a semaphore, for example. The standard library's functions that wait are known, and methods of groups that start one do
// not.
func (b *body) elsewhere(fn *types.Func) bool {
	if fn.Pkg() == nil || fn.Pkg() == b.pass.Pkg || standard(fn) || runsOnce(fn) {
		return false
	}
	return !b.pass.ImportObjectFact(fn.Origin(), new(Bounded))
}
