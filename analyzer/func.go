package analyzer

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/directive"
)

func checkFuncs(r *reporter) {
	for _, fn := range r.all() {
		r.usedUp(fn)
		r.held(fn)
		r.keptAlive(fn)
		r.resources(fn)
	}
	for _, fn := range r.found.Funcs {
		if r.on("RL204") {
			r.repeated(fn)
		}
		r.sharesReceiver(fn)
		if r.on("RL206") {
			r.changed(fn)
		}
	}
	for decl := range r.functions {
		r.concreteError(decl)
	}
	r.contextless()
	r.stale()
}

// concreteError is RL201, also on functions that the generator refuses for it.
func (r *reporter) concreteError(decl *ast.FuncDecl) {
	if !hasCall(decl.Doc) || decl.Type.Results == nil {
		return
	}
	fields := decl.Type.Results.List
	last := fields[len(fields)-1]
	t := r.TypesInfo.TypeOf(last.Type)
	if t == nil || types.IsInterface(t) || !types.Implements(t, errorType.Underlying().(*types.Interface)) {
		return
	}
	r.reportf("RL201", last.Type, "%s gives %s rather than error: a nil of that type in an error is not nil, and the call counts as failed",
		decl.Name.Name, types.TypeString(t, types.RelativeTo(r.Pkg)))
}

// hasCall reports whether a doc comment holds a task or a flow directive.
func hasCall(doc *ast.CommentGroup) bool {
	for range directive.Calls(doc) {
		return true
	}
	return false
}

// retried reports whether there can be a second attempt.
func retried(fn *directive.Func) bool { return fn.Policy.Retried() }

// usedUp is RL203.
func (r *reporter) usedUp(fn *directive.Func) {
	if !retried(fn) {
		return
	}
	for i := range fn.Sig.Params().Len() {
		v := fn.Sig.Params().At(i)
		what := consumable(v.Type())
		if what == "" {
			continue
		}
		pos := v.Pos()
		if !pos.IsValid() || r.fileOf(pos) == nil {
			pos = fn.Pos
		}
		r.report(finding{id: "RL203", pos: pos, message: fmt.Sprintf(
			"the first attempt of %s uses up this %s, and the others get nothing; take what can be had again, such as []byte or a function that opens it", fn.Name, what)})
	}
}

// consumable names what can be read once: "" for anything else.
func consumable(t types.Type) string {
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Chan:
		if u.Dir() != types.SendOnly {
			return "channel"
		}
		return ""
	case *types.Interface:
		if readsBytes(t) && !hasMethod(t, "Seek") {
			return types.TypeString(t, (*types.Package).Name)
		}
		return ""
	}
	for _, name := range []string{"*Reader", "*Scanner"} {
		if isNamed(t, "bufio", name) {
			return "bufio." + name[1:]
		}
	}
	for _, name := range []string{"Seq", "Seq2"} {
		if isNamed(t, "iter", name) {
			return "iter." + name
		}
	}
	return ""
}

func hasMethod(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := object.(*types.Func)
	return ok
}

// readsBytes reports whether a type has the method of an io.Reader.
func readsBytes(t types.Type) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, "Read")
	method, ok := object.(*types.Func)
	return ok && method.Signature().Params().Len() == 1 && types.Identical(method.Signature().Params().At(0).Type(), types.NewSlice(types.Typ[types.Byte]))
}

// held is the first half of RL205: a condition over results may retry what has been opened.
func (r *reporter) held(fn *directive.Func) {
	if fn.If == nil || !fn.If.Results || fn.Discard != nil || !retried(fn) {
		return
	}
	for v := range fn.Sig.Results().Variables() {
		if isNamed(v.Type(), "net/http", "*Response") || !closes(v.Type()) {
			continue
		}
		r.option("RL205", fn.Policy.If.Pos, nil, "%s may say yes to a result of %s that is open: a %s of each attempt but the last is never closed; give discard= a function that closes it",
			fn.Policy.If.Value, fn.Name, types.TypeString(v.Type(), types.RelativeTo(r.Pkg)))
	}
}

// closes reports whether a type has a method Close() error or Close().
func closes(t types.Type) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close")
	method, ok := object.(*types.Func)
	return ok && method.Signature().Params().Len() == 0
}

// keptAlive is the second half of RL205: a timeout ends the context of a result that goes on using it.
func (r *reporter) keptAlive(fn *directive.Func) {
	if !fn.Policy.Timeout.IsSet() {
		return
	}
	for v := range fn.Sig.Results().Variables() {
		t := v.Type()
		if isNamed(t, "net/http", "*Response") || !streams(t) {
			continue
		}
		r.option("RL205", fn.Policy.Timeout.Pos, nil, "timeout= ends the context of an attempt when %s returns, and with it what the %s still has to read; take the timeout inside %s, or read to the end there",
			fn.Name, types.TypeString(t, types.RelativeTo(r.Pkg)), fn.Name)
	}
}

// streams reports whether a result is likely to use the context after the call: an interface that is read and closed, or
// a stream of messages.
func streams(t types.Type) bool {
	if types.IsInterface(t) && closes(t) && hasMethod(t, "Read") {
		return true
	}
	return types.IsInterface(t) && (hasMethod(t, "Recv") || hasMethod(t, "RecvMsg"))
}

var repeatPattern = regexp.MustCompile(`^(?i:create|insert|send|charge|post|pay|append|publish|enqueue|transfer|register)([^a-z]|$)`)

// repeated is RL204.
func (r *reporter) repeated(fn *directive.Func) {
	if !retried(fn) {
		return
	}
	for v := range fn.Sig.Params().Variables() {
		if strings.Contains(strings.ToLower(v.Name()), "idempot") {
			return
		}
	}
	at := fn.Decl.Name
	if repeatPattern.MatchString(fn.Name) {
		r.reportf("RL204", at, "%s sounds as if doing it twice were not the same as once: an attempt that failed may have been done; make it idempotent, with a key that stays the same", fn.Name)
		return
	}
	ast.Inspect(fn.Decl.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fullName(r.TypesInfo, call) {
		case "net/http.Post", "net/http.PostForm", "net/http.Client.Post", "net/http.Client.PostForm":
			r.reportf("RL204", call, "a POST is sent again by each attempt of %s, and may have been done; give it a key that makes it idempotent", fn.Name)
		case "net/http.NewRequest", "net/http.NewRequestWithContext":
			for _, arg := range call.Args {
				if v := r.TypesInfo.Types[arg].Value; v != nil && v.Kind() == constant.String && constant.StringVal(v) == "POST" {
					r.reportf("RL204", call, "a POST is sent again by each attempt of %s, and may have been done; give it a key that makes it idempotent", fn.Name)
				}
			}
		}
		return true
	})
}

// changed is RL206.
func (r *reporter) changed(fn *directive.Func) {
	if !retried(fn) || fn.Decl.Body == nil {
		return
	}
	params := map[types.Object]bool{}
	for v := range fn.Sig.Params().Variables() {
		params[v] = true
	}
	if recv := fn.Sig.Recv(); recv != nil {
		params[recv] = true
	}
	lastCall := token.NoPos
	ast.Inspect(fn.Decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && givesError(r.TypesInfo, call) {
			lastCall = call.Pos()
		}
		return true
	})
	ast.Inspect(fn.Decl.Body, func(n ast.Node) bool {
		var targets []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			targets = n.Lhs
		case *ast.IncDecStmt:
			targets = []ast.Expr{n.X}
		default:
			return true
		}
		for _, target := range targets {
			if root := r.writesThrough(target); root != nil && params[root] && target.Pos() < lastCall {
				r.reportf("RL206", target, "%s is changed before a call that may fail, so that the next attempt of %s begins with the change", text(target), fn.Name)
			}
		}
		return true
	})
}

// writesThrough gives the variable behind whose pointer or map an assignment writes, nil for a local write.
func (r *reporter) writesThrough(e ast.Expr) types.Object {
	through := false
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			t := r.TypesInfo.TypeOf(x.X)
			if t == nil {
				return nil
			}
			_, pointer := t.Underlying().(*types.Pointer)
			through = through || pointer
			e = x.X
		case *ast.IndexExpr:
			t := r.TypesInfo.TypeOf(x.X)
			if t == nil {
				return nil
			}
			switch t.Underlying().(type) {
			case *types.Map, *types.Slice, *types.Pointer:
				through = true
			}
			e = x.X
		case *ast.StarExpr:
			through = true
			e = x.X
		case *ast.Ident:
			if !through {
				return nil
			}
			return r.TypesInfo.Uses[x]
		default:
			return nil
		}
	}
}

// givesError reports whether the last result of a call is an error.
func givesError(info *types.Info, call *ast.CallExpr) bool {
	t := info.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(tuple.Len() - 1).Type()
	}
	return t != nil && types.Identical(t, errorType)
}

// contextless is RL202.
func (r *reporter) contextless() {
	if len(r.found.Funcs) == 0 {
		return
	}
	told := map[*directive.Func]bool{}
	for decl := range r.functions {
		if r.inTest(decl.Pos()) {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			callee, _ := typeutil.Callee(r.TypesInfo, call).(*types.Func)
			if callee == nil {
				return true
			}
			fn := r.wrappers[callee.Origin()]
			if fn == nil {
				fn = r.annotated[callee.Origin()]
			}
			if fn == nil || fn.HasContext() || told[fn] || !fn.Policy.Delay.IsSet() || !retried(fn) || fn.Object == r.TypesInfo.Defs[decl.Name] {
				return true
			}
			if ctx := r.contextAt(call.Pos()); ctx != "" {
				told[fn] = true
				r.option("RL202", fn.Policy.Delay.Pos, nil, "%s takes no context, though %s has one when it calls it: its waits can be ended, its attempts cannot; let it take a context.Context", fn.Name, decl.Name.Name)
			}
			return true
		})
	}
}

// stale is RL207.
func (r *reporter) stale() {
	if !r.on("RL207") || len(r.problems) > 0 {
		return
	}
	list, err := r.pkg.Stale(r.found)
	if err != nil {
		r.err = err
		return
	}
	for _, s := range list {
		var message string
		switch s.Kind {
		case generator.Missing:
			message = s.Name + " has not been generated; run go generate"
		case generator.Differs:
			message = s.Name + " is not what the directives ask for: it is stale, or was edited by hand; run go generate"
		case generator.Orphan:
			message = s.Name + " is left over: no directive asks for it; run go generate, which removes it"
		case generator.InTheWay:
			message = s.Name + " is in the way: retrygen did not write it"
		}
		r.report(finding{id: "RL207", pos: s.Pos, message: message, anywhere: true})
	}
}
