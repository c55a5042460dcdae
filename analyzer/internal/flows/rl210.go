package flows

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL210", rl210)

// rl210 finds keys and identities that an attempt draws and sends along: for the server each attempt is another request.
func rl210(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if retries.Retried(fn) && fn.Decl != nil && fn.Decl.Body != nil && !p.Generated[fn.File] {
			newDraws(p, fn.Decl.Body, fn.Name).look()
		}
	}
	p.WrapperCalls(func(_ *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := p.Wrapped(callee)
		if block, ok := p.Block(call).(*ast.FuncLit); ok && wrapped.Attempts != 1 {
			newDraws(p, block.Body, p.Called(callee)).look()
		}
	})
}

var (
	// keyPattern matches the names of headers, fields and parameters by which a server tells requests apart.
	keyPattern = regexp.MustCompile(`(?i)idempoten|dedup|client-?(request-?)?token|^request-?token$|` +
		`^(external|transaction|payment|order|message)-?(id|key|ref(erence)?)$`)
	// identityPattern matches the names of what something is known by.
	identityPattern = regexp.MustCompile(`^(?i:id|uuid|guid)$`)
)

// draws is a search for keys that an attempt draws.
type draws struct {
	*variation
	name     string // of what is retried
	reported map[ast.Node]bool
}

func newDraws(p *check.Pass, body *ast.BlockStmt, name string) *draws {
	d := &draws{&variation{Pass: p, body: body}, name, map[ast.Node]bool{}}
	d.gather()
	return d
}

func (d *draws) look() {
	ast.Inspect(d.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			d.header(n)
			d.parameters(n)
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && d.isField(id) {
				d.key(id.Name, n.Value)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if sel, ok := ast.Unparen(left).(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
					d.key(sel.Sel.Name, n.Rhs[i])
				}
			}
		}
		return true
	})
}

func (d *draws) isField(id *ast.Ident) bool {
	v, ok := d.TypesInfo.Uses[id].(*types.Var)
	return ok && v.IsField()
}

// header looks at a call that sets a header or a form value: Set or Add with a constant name.
func (d *draws) header(call *ast.CallExpr) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) != 2 || sel.Sel.Name != "Set" && sel.Sel.Name != "Add" && sel.Sel.Name != "SetHeader" {
		return
	}
	name := d.TypesInfo.Types[call.Args[0]].Value
	if name != nil && name.Kind() == constant.String && keyPattern.MatchString(constant.StringVal(name)) {
		d.report(call.Args[1])
	}
}

// parameters looks at the arguments of a call by the names of the parameters. A function that fails is likely to send them.
func (d *draws) parameters(call *ast.CallExpr) {
	callee := syntax.Callee(d.TypesInfo, call)
	if callee == nil || !syntax.ReturnsError(d.TypesInfo, call) {
		return
	}
	params := callee.Signature().Params()
	for i, arg := range call.Args {
		if i < params.Len() {
			d.key(params.At(i).Name(), arg)
		}
	}
}

// key reports a value that is drawn, if a name says that it is a key or an identity. A time alone identifies nothing.
func (d *draws) key(name string, value ast.Expr) {
	if keyPattern.MatchString(name) || identityPattern.MatchString(name) && !d.clock(value) {
		d.report(value)
	}
}

// clock reports whether a value comes from the clock.
func (d *draws) clock(e ast.Expr) bool {
	from := d.in(e)
	return from != nil && from.text == "time.Now()"
}

func (d *draws) report(value ast.Expr) {
	from := d.in(value)
	if from == nil || from.process || d.reported[value] {
		return
	}
	d.reported[value] = true
	d.Reportf(value, "each attempt of %s draws this key anew, by %s: for the server each attempt is another request; "+
		"draw it once, before the first", d.name, from.text)
}
