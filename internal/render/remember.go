package render

import (
	"slices"
	"strconv"
	"strings"
)

// remembered writes a wrapper whose results are recorded within a flow run. It calls one of two helpers: one looks the
// results up and records them, the other is the wrapper as it would be without a checkpoint.
func (w *wrapper) remembered(name string, doc func(*frame) code) {
	w.retries, w.remembers = w.helper("retry"), w.helper("remember")
	entryDoc := func(fr *frame) code { return join(doc(fr), fr.rememberedDoc()) }
	w.define(name, entryDoc, func(fr *frame) []stmt {
		return []stmt{
			block(join("if !", call(w.loop("InFlow"), fr.ctx())), returns(fr.call(w.retries, fr.passed(fr.ctx())))),
			returns(fr.call(w.remembers, fr.passed(fr.ctx()))),
		}
	})
	w.define(w.remembers, (*frame).remembersDoc, (*frame).remember)
	w.define(w.retries, (*frame).retriesDoc, (*frame).body)
	w.keyHelpers()
	w.copyHelper()
	w.guard()
}

// passed lists the arguments of a helper that has the same signature.
func (fr *frame) passed(ctx code) []code {
	var args []code
	if fr.added {
		args = append(args, ctx)
	}
	for i, arg := range fr.arguments(nil, map[int]code{fr.fn.Context: ctx}) {
		if !slices.Contains(fr.fn.Attempts, i) {
			args = append(args, arg)
		}
	}
	return args
}

// remember writes the look-up, the call and the record.
func (fr *frame) remember() []stmt {
	var s []stmt
	if fr.added {
		s = append(s, fr.notStarted())
	}
	key, point, failed := invented("key"), invented("point"), invented("failed")
	begin, recall := "NewKey", "Recall"
	if fr.fn.Checkpoint.Durable {
		begin, recall = "DurableKey", "RecallDurable"
	}
	s = append(s, fr.newKey(key, begin))
	s = append(s, fr.keyParts(key)...)
	held, declared := fr.held()
	s = append(s, declared...)
	recalled := call(join(fr.loop(recall), "[", held, "]"), fr.ctx(), address(key))
	s = append(s, line(declare(point), ", ", declare(failed), " := ", recalled))
	s = append(s, block(join("if ", failed, " != ", fr.null(), " || ", point, ".Found"), fr.recalled(point, failed)...))
	return append(s,
		fr.assign(fr.retried(join(point, ".Context"))),
		block(join("if ", fr.err(), " == ", fr.null()), fr.record(point, held)...),
		returns(fr.values()...),
	)
}

// retried calls the helper that retries in this process.
func (fr *frame) retried(ctx code) code {
	if fr.fn.Remote != nil {
		return fr.inPlace(ctx, fr.nobody())
	}
	return fr.call(fr.retries, fr.passed(ctx))
}

// held writes the type that a record of the results has, with its declaration if there is one.
func (fr *frame) held() (held code, declared []stmt) {
	results := fr.fn.Sig.Results()
	switch results.Len() {
	case 1:
		return join("struct{}"), nil
	case 2:
		return fr.typeOf(results.At(0).Type()), nil
	}
	var items []code
	for i := range results.Len() - 1 {
		items = append(items, join(heldField(i), gap, fr.typeOf(results.At(i).Type())))
	}
	n := invented("results")
	body := fields("struct ", items)
	body.list.broken = true
	return join(n), []stmt{line("type ", declare(n), " ", body)}
}

func heldField(i int) string { return "Result" + strconv.Itoa(i+1) }

// recalled writes the return of recorded results, or of the error of looking them up.
func (fr *frame) recalled(point, failed *name) []stmt {
	var values []code
	for i := range len(fr.locals) - 1 {
		v := join(point, ".Results")
		if len(fr.locals) > 2 {
			v = join(v, "."+heldField(i))
		}
		values = append(values, v)
	}
	copied, s := fr.copied(values)
	return append(s, returns(append(copied, join(failed))...))
}

// record writes the statements that record the results of a successful call.
func (fr *frame) record(point *name, held code) []stmt {
	copied, s := fr.copied(fr.values()[:len(fr.locals)-1])
	var arg code
	switch len(copied) {
	case 0:
		arg = join("struct{}{}")
	case 1:
		arg = copied[0]
	default:
		arg = join(held, braces(copied...))
	}
	return append(s, line(fr.err(), " = ", method(point, "Record", arg)))
}

// quote writes a string, a long one on several lines.
func quote(s string) code {
	var parts []code
	for {
		head, rest := cut(s)
		parts = append(parts, join(strconv.Quote(head)))
		if rest == "" {
			break
		}
		s = rest
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return code{{list: &list{items: parts, separator: "+", broken: true}}} // an argument: gofmt has no space
}

// cut cuts a string where a line should end: behind a field, else behind a type.
func cut(s string) (head, rest string) {
	const width = 90
	if len(s) <= width {
		return s, ""
	}
	for _, separator := range []string{"; ", ", ", " {", " "} {
		if at := strings.LastIndex(s[:width], separator); at > 0 {
			at += len(strings.TrimSuffix(separator, "{"))
			return s[:at], s[at:]
		}
	}
	if at := strings.Index(s, " "); at >= 0 {
		return s[:at+1], s[at+1:]
	}
	return s, ""
}
