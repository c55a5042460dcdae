package render

import (
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/policy"
)

const remotePath = module.Path + "/runtime/remote"

// remote is a name of package remote.
func (f *file) remote(selector string) code { return f.selected(remotePath, "remote", selector) }

// remoteHelpers are the helpers of a wrapper whose calls an engine may make. They are "" where there are none.
type remoteHelpers struct {
	sends  string // has the engine make a call
	serves string // makes one attempt for an engine
	errors string // lists the errors that the policy names
}

// remoted writes a wrapper whose calls an engine makes, if the context has one. Otherwise it calls a helper that is the
// wrapper as it would be without the option. A worker calls the same helper for each attempt that it makes.
func (w *wrapper) remoted(name string, doc func(*frame) code) {
	w.retries, w.sends, w.serves = w.helper("retry"), w.helper("send"), w.helper("serve")
	if len(w.fn.On)+len(w.fn.Except) > 0 {
		w.errors = w.helper("errorsOf")
	}
	if w.fn.Checkpoint != nil {
		w.remembers = w.helper("remember")
	}
	w.define(name, func(fr *frame) code { return join(doc(fr), fr.remotedDoc()) }, (*frame).enter)
	w.define(w.sends, (*frame).sendsDoc, (*frame).send)
	if w.remembers != "" {
		w.define(w.remembers, (*frame).remembersDoc, (*frame).remember)
	}
	w.retriesHelper()
	w.describeTask()
	w.servesHelper()
	w.errorsHelper()
	w.keyHelpers()
	w.copyHelper()
	w.guard()
}

// remotedDoc says where the wrapper makes its calls.
func (fr *frame) remotedDoc() code {
	doc := join(" If the context has an engine, see [", fr.remote("With"), "], a worker of the engine makes the call.")
	if fr.fn.Checkpoint != nil {
		doc = join(fr.rememberedDoc(), doc)
	}
	return doc
}

// enter chooses where a call is made.
func (fr *frame) enter() []stmt {
	s := []stmt{block(join("if ", call(fr.loop("HasEngine"), fr.ctx())), returns(fr.call(fr.sends, fr.passed(fr.ctx()))))}
	if fr.remembers == "" {
		return append(s, returns(fr.inPlace(fr.ctx(), fr.nobody())))
	}
	return append(s,
		block(join("if !", call(fr.loop("InFlow"), fr.ctx())), returns(fr.inPlace(fr.ctx(), fr.nobody()))),
		returns(fr.call(fr.remembers, fr.passed(fr.ctx()))),
	)
}

// nobody is the *Served of a call that no engine makes.
func (fr *frame) nobody() code {
	if fr.hides("nil") {
		return call(fr.loop("InPlace"))
	}
	return join(fr.predeclared("nil"))
}

// inPlace calls the helper that retries in this process. Served is nil, or the attempt that is made for an engine.
func (fr *frame) inPlace(ctx, served code) code {
	return fr.call(fr.retries, fr.withServed(fr.passed(ctx), served))
}

// withServed adds an argument to those of the helper that retries.
func (fr *frame) withServed(args []code, served code) []code {
	return slices.Insert(args, fr.servedAt(), served)
}

// servedAt is the index of the parameter for the attempt that is made for an engine: behind a context that comes first.
func (w *wrapper) servedAt() int {
	if w.added {
		return 1
	}
	return w.timeoutAt()
}

// retriesHelper writes the helper that retries.
func (w *wrapper) retriesHelper() {
	fr := w.frame()
	fr.served = invented("served")
	params := slices.Insert(fr.paramList(false), min(w.servedAt(), 1), join(declare(fr.served), " *", fr.loop("Served")))
	head := fr.head(w.retries, params, fr.resultList(), w.named)
	s := fr.body()
	doc := join(fr.retriesDoc(), " Served is the attempt that it makes for an engine, nil in place.")
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(fr.prelude(), s...), fn: true})
}

// beginServed asks whether there is an attempt left, if an engine has made attempts before.
func (fr *frame) beginServed() []stmt {
	if fr.served == nil {
		return nil
	}
	failed := invented("failed")
	retries, read := fr.countNow()
	begun := method(fr.served, "Begin", retries)
	asked := block(join("if ", declare(failed), " := ", begun, "; ", failed, " != ", fr.null()), fr.fails(join(failed))...)
	if len(read) == 0 {
		return []stmt{asked}
	}
	return []stmt{block(join("if !", method(fr.served, "First")), append(read, asked)...)}
}

// sendsDoc describes the helper that has an engine make a call.
func (fr *frame) sendsDoc() code {
	return join(fr.sends, " has the engine of the context call ", fr.link(), " in another process.")
}

// send writes the call of the engine.
func (fr *frame) send() []stmt {
	key := invented("key")
	s := []stmt{line(declare(key), " := ", call(fr.loop("RemoteKey"), fr.ctx(), fr.task(), quote(fr.fn.CallShape())))}
	s = append(s, fr.keyParts(key)...)
	arguments, declared := fr.argumentsType()
	s = append(s, declared)
	held, declaredResults := fr.held()
	s = append(s, declaredResults...)
	var given []code
	for _, i := range fr.fn.Arguments() {
		given = append(given, join(fr.params[i]))
	}
	args := append([]code{fr.ctx(), address(key), fr.sentCall(), join(arguments, braces(given...))}, fr.errorsNamed()...)
	sent := call(join(fr.loop("Send"), "[", held, "]"), args...)
	switch len(fr.locals) {
	case 1:
		failed := invented("failed")
		return append(s, line("_, ", declare(failed), " := ", sent), returns(join(failed)))
	case 2:
		return append(s, returns(sent))
	}
	results, failed := invented("sent"), invented("failed")
	values := fr.fieldsOfHeld(results)
	return append(s, line(declare(results), ", ", declare(failed), " := ", sent), returns(append(values, join(failed))...))
}

// fieldsOfHeld selects the results of a call from the struct that holds them.
func (fr *frame) fieldsOfHeld(from *name) []code {
	var values []code
	for i := range len(fr.locals) - 1 {
		values = append(values, join(from, "."+heldField(i)))
	}
	return values
}

// argumentsType declares the struct that holds the arguments. Its JSON has their names.
func (fr *frame) argumentsType() (arguments *name, declared stmt) {
	arguments = invented("arguments")
	var items []code
	taken := map[string]bool{}
	for _, i := range fr.fn.Arguments() {
		taken[fr.fn.Sig.Params().At(i).Name()] = true
	}
	for n, i := range fr.fn.Arguments() {
		v := fr.fn.Sig.Params().At(i)
		text := v.Name()
		if text == "" || text == "_" {
			for text = "argument" + strconv.Itoa(n+1); taken[text]; text += "_" {
			}
		}
		items = append(items, join(argumentField(n), gap, fr.typeOf(v.Type()), gap, "`json:"+strconv.Quote(text)+"`"))
	}
	if len(items) == 0 {
		return arguments, line("type ", declare(arguments), " struct{}")
	}
	body := fields("struct ", items)
	body.list.broken = true
	return arguments, line("type ", declare(arguments), " ", body)
}

func argumentField(n int) string { return "Argument" + strconv.Itoa(n+1) }

// sentCall writes what the directive says of a call in constants.
func (fr *frame) sentCall() code {
	p := fr.fn.Policy
	var items []code
	if fr.fn.Flow {
		items = append(items, fr.flag("Flow"))
	}
	if d := p.Delay; d.IsSet() && fr.says("delay") && len(d.Value.Delays) > 0 {
		items = append(items, fr.constantLength("Delay", "delay", d.Value.Delays[0])...)
	}
	for _, l := range []struct {
		field, option string
		setting       policy.Setting[policy.Length]
	}{{"Timeout", "timeout", p.Timeout}, {"Within", "within", p.Within}} {
		if l.option == "within" && p.Reset.IsSet() {
			continue // The time begins anew with each series, which only the worker knows.
		}
		if l.setting.IsSet() && fr.says(l.option) {
			items = append(items, fr.constantLength(l.field, l.option, l.setting.Value)...)
		}
	}
	return join(fr.remote("Call"), braces(items...))
}

// constantLength writes a field with a duration, nothing if only the running program of a worker knows it.
func (fr *frame) constantLength(field, option string, n policy.Length) []code {
	d, known := n.Known()
	switch {
	case !known || d <= 0:
		return nil
	case n.Name() == "":
		return []code{element(field, fr.duration(d))}
	}
	return []code{element(field, fr.ref(fr.fn.Number(option, n.Name())))}
}
