package render

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/values"
)

// calls lists the calls with arguments in the policy.
func (fr *frame) calls() []*directive.Call {
	var list []*directive.Call
	if fr.fn.If != nil {
		list = append(list, fr.fn.If.Call)
	}
	if fr.fn.Schedule != nil {
		list = append(list, fr.fn.Schedule.Call)
	}
	if fr.fn.Notify != nil {
		list = append(list, fr.fn.Notify.Call)
	}
	if fr.fn.Discard != nil {
		list = append(list, fr.fn.Discard.Call)
	}
	return list
}

// argumentsOf writes the arguments of a call, behind the statements that read those that are behind something that may be
// nil: they are zero then. The number of the coming retry is written as retry.
func (fr *frame) argumentsOf(loop *name, c *directive.Call, retry code) (s []stmt, args []code) {
	root := &turn{}
	for _, arg := range c.Args {
		w := &way{turn: root, at: fr.word(loop, arg, retry), text: rootText(arg), called: arg.Called || arg.Root == directive.RootAttempt}
		plain := fr.selections(w.at, arg)
		last, value := fr.along(arg, w)
		if last == root || !values.CanSpell(arg.Type, fr.Types) {
			args = append(args, plain)
			continue
		}
		local := invented(lower(arg.Path[len(arg.Path)-1].Name))
		root.vars = append(root.vars, line("var ", declare(local), " ", fr.typeOf(arg.Type)))
		last.reads = append(last.reads, line(local, " = ", value))
		args = append(args, join(local))
	}
	return root.stmts(fr.predeclared("nil")), args
}

// along goes the way to what is named in the loop, where nothing is held.
func (fr *frame) along(ref *directive.Ref, w *way) (*turn, code) {
	for i, s := range ref.Path {
		if (i > 0 || !fr.decorates(ref)) && !fr.takesNil(s) {
			w.ask(s.From)
		}
		w.through(s.Through)
		w.step(s.Name, s.Called)
	}
	return w.turn, w.at
}

// takesNil reports whether a selector is a method that can be called on the nil pointer.
func (fr *frame) takesNil(s directive.Selector) bool {
	method, ok := fr.member(s).(*types.Func)
	if !ok || len(s.Through) > 0 {
		return false
	}
	_, pointer := s.From.Underlying().(*types.Pointer)
	_, ofPointer := types.Unalias(method.Signature().Recv().Type()).(*types.Pointer)
	return pointer && ofPointer
}

// member returns the field or method that a selector selects.
func (fr *frame) member(s directive.Selector) types.Object {
	object, _, _ := types.LookupFieldOrMethod(s.From, true, fr.Types, s.Name)
	return object
}

// invoke writes a call of what a directive names, and its turn: the root if nothing before it, nor the function itself, may
// be nil.
func (fr *frame) invoke(ref *directive.Ref, args []code) (root, last *turn, c code) {
	root = &turn{}
	w := fr.rootOf(ref, root)
	last, at := fr.along(ref, w)
	object := ref.Object
	if n := len(ref.Path); n > 0 {
		object = fr.member(ref.Path[n-1])
	}
	if _, variable := object.(*types.Var); variable {
		last = last.next(at, w.text, w.called)
		at = last.asked
	}
	return root, last, call(at, args...)
}

// invoked writes the statement that calls what a directive names. A function that is nil is not called.
func (fr *frame) invoked(ref *directive.Ref, args []code) []stmt {
	root, last, c := fr.invoke(ref, args)
	last.reads = append(last.reads, line(c))
	return root.stmts(fr.predeclared("nil"))
}

// word writes the root of an argument.
func (fr *frame) word(loop *name, arg *directive.Ref, retry code) code {
	switch arg.Root {
	case directive.RootResult:
		return join(fr.locals[arg.Param])
	case directive.RootContext:
		return fr.ctx()
	case directive.RootAttempt:
		return method(loop, "Attempt")
	case directive.RootRetry:
		return retry
	case directive.RootWait:
		return method(loop, "Planned")
	case directive.RootEvent:
		return method(loop, "Event")
	case directive.RootParameter:
		if sent := fr.sent[arg.Param]; sent != nil {
			return join(sent)
		}
	}
	return fr.root(arg)
}

// keepSent holds the requests of the latest attempt for calls that name them after the next attempt has got its own.
func (fr *frame) keepSent() []stmt {
	fr.sent = map[int]*name{}
	var s []stmt
	for _, i := range fr.fn.Requests {
		named := fr.fn.Notify != nil && fr.fn.Notify.Call.Of(i) || fr.fn.Discard != nil && fr.fn.Discard.Call.Of(i)
		if named {
			fr.sent[i] = invented("sent")
			s = append(s, line(declare(fr.sent[i]), " := ", fr.params[i]))
		}
	}
	return s
}
