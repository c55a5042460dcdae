package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

// spending is a search for what the attempts of a package use up.
type spending struct {
	*check.Pass
	*spent.Package
	retried    map[ast.Node]bool                  // bodies of loops and functions
	byGotos    map[*ast.CallExpr]*loop.Loop       // see byGoto
	conditions map[ast.Node]map[types.Object]bool // see askedIn
}

// use is a place where a function uses up a source.
type use struct {
	spent.Use
	source spent.Source
	cursor inspector.Cursor // of the call
}

// function looks at the calls of a function that use something up, other than those in function literals in it.
func (s *spending) function(function ast.Node, calls []use) {
	_, body := syntax.FuncParts(function)
	around := outermost(calls[0].cursor)
	f := &spender{spending: s, body: body, around: around, sources: s.SourcesIn(around), asked: s.askedIn(around)}
	var uses []use
	for _, call := range calls {
		for source := range f.sources.Of(call.Expr) {
			if source.Var.Parent() != s.Pkg.Scope() && source.Var.Pkg() == s.Pkg {
				call.source = source
				call.Sent = call.Sent || spent.IsRequest(source.Var.Type()) // its body, by another way
				uses = append(uses, call)
			}
		}
	}
	reported, before := map[spent.Source]bool{}, map[spent.Source][]use{}
	for _, u := range uses {
		if !reported[u.source] {
			reported[u.source] = f.use(u, before[u.source])
		}
		before[u.source] = append(before[u.source], u)
	}
}

// outermost returns the declaration that a cursor is in, or the outermost function literal.
func outermost(cursor inspector.Cursor) ast.Node {
	var node ast.Node
	for c := range cursor.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		node = c.Node()
	}
	return node
}

// spender looks at one function.
type spender struct {
	*spending
	body    *ast.BlockStmt
	around  ast.Node // the declaration that it is in
	sources *spent.Sources
	asked   map[types.Object]bool // requests whose method or body a condition looks at
	ways    *ways                 // nil until they are asked for
}

// use reports a source that is used up again, and reports whether it is. Before are the uses of the source above.
func (f *spender) use(u use, before []use) bool {
	t := f.TypesInfo.TypeOf(u.Expr)
	if !spent.IsRequest(t) && !spent.IsReader(t) && !u.Sent {
		return false
	}
	repeated, again := f.repeats(u)
	if !again && f.recurs(u) && f.follows(u, before) {
		repeated, again = f.around, true
	}
	if !again && (f.InTest(u.Call.Pos()) || !f.follows(u, before)) || f.asked[u.source.Var] {
		return false
	}
	if body := f.bodyOf(u); body == spent.NoBody || body == spent.Unknown && repeated == nil {
		return false
	}
	name := u.source.Name()
	if spent.IsRequest(u.source.Var.Type()) {
		f.Reportf(u.Expr, "the first attempt uses up the body of %s, and the others send none; "+
			"make the request inside, or rewind it with GetBody", name)
	} else {
		f.Reportf(u.Expr, "the first attempt reads %s to its end, and the others read nothing; make it inside, or rewind it first", name)
	}
	return true
}

// repeats returns the code that is repeated with a source from outside: the body of a retry loop, or the function that a
// library retries. What sends a body sends it once in any loop, whereas a reader may be read on.
func (f *spender) repeats(u use) (repeated ast.Node, again bool) {
	inside := true // of the function, rather than around it
	for c := range u.cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		node, isLoop, inHead := c.Node(), false, false
		switch n := node.(type) {
		case *ast.ForStmt:
			node, isLoop = n.Body, true
			inHead = n.Cond != nil && syntax.Contains(n.Cond, u.Call.Pos()) || n.Post != nil && syntax.Contains(n.Post, u.Call.Pos())
		case *ast.RangeStmt:
			if syntax.Contains(n, u.source.Var.Pos()) {
				continue // another one in each round
			}
			node, isLoop = n.Body, true
		}
		if !inHead && !syntax.Contains(node, u.Call.Pos()) || syntax.Contains(node, u.source.Var.Pos()) {
			continue // what a loop does once, before its first round
		}
		if isLoop && inside && (f.retried[node] || u.Sent && single(u.source.Var.Type())) || f.retried[node] {
			if u.Piece && !f.madeIn(u, node) {
				continue
			}
			if (!isLoop || !inside || f.through().repeats(u.Call)) && !f.freshIn(u.source, node, token.NoPos, token.NoPos) {
				return node, true
			}
		}
		inside = inside && isLoop
	}
	return f.byGoto(u)
}

// follows reports whether a source has been sent before, with nothing in between that brings it back.
func (f *spender) follows(u use, before []use) bool {
	for _, other := range before {
		if u.Sent && other.Sent && f.through().lead(other.Call, u.Call) &&
			!f.freshIn(u.source, f.body, other.Call.End(), u.Call.Pos()) {
			return true
		}
	}
	return false
}

// madeIn reports whether the operand of a use is made in a node, such as a decoder.
func (f *spender) madeIn(u use, node ast.Node) bool {
	if id, ok := ast.Unparen(u.Expr).(*ast.Ident); ok {
		object := f.TypesInfo.ObjectOf(id)
		return object != nil && syntax.Contains(node, object.Pos())
	}
	_, isCall := ast.Unparen(u.Expr).(*ast.CallExpr)
	return isCall
}

// freshIn reports whether code, or its part between two positions, does something about a source: it seeks, sets a new body,
// or assigns something else to the variable.
func (f *spender) freshIn(source spent.Source, code ast.Node, begin, end token.Pos) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		if n == nil || found {
			return false
		}
		if !begin.IsValid() || begin <= n.Pos() && n.End() <= end {
			found = restores(f.sources.Restored(n), source) || f.reassigns(n, source)
		}
		return true
	})
	return found
}

// restores reports whether a source is one of those that are brought back, or holds one, or is held by one.
func restores(list map[spent.Source]bool, source spent.Source) bool {
	if list[source] {
		return true
	}
	for r := range list {
		if r.Var == source.Var && (r.Field == "" || source.Field == "") {
			return true
		}
	}
	return false
}

// reassigns reports whether a statement assigns to the variable of a source something that does not come from itself.
func (f *spender) reassigns(n ast.Node, source spent.Source) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for i, left := range assign.Lhs {
		if !f.names(left, source) {
			continue
		}
		right := assign.Rhs[min(i, len(assign.Rhs)-1)]
		if !f.sources.Of(right)[source] && !f.copies(right, source) {
			return true
		}
	}
	return false
}

// copies reports whether an expression is a call that uses up a source, so that what it returns is a copy of what is left.
func (f *spender) copies(e ast.Expr, source spent.Source) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	for _, u := range f.Uses(call) {
		if f.sources.Of(u.Expr)[source] {
			return true
		}
	}
	return false
}

// names reports whether an expression is a source, or the variable that it is selected from.
func (f *spender) names(e ast.Expr, source spent.Source) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return f.TypesInfo.ObjectOf(e) == source.Var
	case *ast.SelectorExpr:
		return source.Field == e.Sel.Name && syntax.Mentions(f.TypesInfo, e.X, source.Var)
	}
	return false
}

// bodyOf says whether the source of a use has anything to send: what is assigned to it in the function, or what the callers
// in the package hand over.
func (f *spender) bodyOf(u use) spent.Body {
	if u.source.Field != "" {
		return spent.Unknown
	}
	body := f.BodyIn(f.around, u.source.Var)
	if body != spent.Unknown || !spent.IsRequest(u.source.Var.Type()) {
		return body
	}
	return f.handedOver(f.around, 3)
}

// handedOver joins what the callers of a function hand over as its request. It is not known where other packages may call
// the function, or where no call is to be seen.
func (s *spending) handedOver(function ast.Node, depth int) spent.Body {
	decl, ok := function.(*ast.FuncDecl)
	if !ok || depth == 0 {
		return spent.Unknown
	}
	fn := s.Func(decl)
	if fn == nil || fn.Exported() {
		return spent.Unknown
	}
	callers := callersOf.Of(s.Pass).of(fn)
	if len(callers) == 0 {
		return spent.Unknown
	}
	body := spent.NoBody
	for _, c := range callers {
		outer := outermost(c.cursor)
		if outer == nil {
			continue
		}
		known := s.BodyOf(outer, c.arg)
		if known == spent.Unknown && outer != function && s.isParameter(outer, c.arg) {
			known = s.handedOver(outer, depth-1)
		} else if known == spent.Unknown {
			continue // it comes from somewhere that says too little
		}
		body = max(body, known)
	}
	return body
}

// isParameter reports whether an expression is a parameter of a function.
func (s *spending) isParameter(function ast.Node, e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	signature, _ := syntax.FuncParts(function)
	if !ok || signature == nil {
		return false
	}
	object := s.TypesInfo.Uses[id]
	return object != nil && syntax.Contains(signature, object.Pos())
}

// through returns the ways through the function.
func (f *spender) through() *ways {
	if f.ways == nil {
		f.ways = newWays(f.body)
	}
	return f.ways
}
