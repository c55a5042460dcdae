package render

import (
	"github.com/dave/jennifer/jen"
)

// openFlow begins the call of a flow. What it is called with matters only within another flow.
func (w *wrapper) openFlow() []jen.Code {
	key, failed := w.fresh("key"), w.fresh("failed")
	w.flow = w.fresh("flow")
	s := []jen.Code{w.newKey(key, "NewKey")}
	if w.fn.Checkpoint == nil { // else the call has been told apart already
		if parts := w.keyParts(key); len(parts) > 0 {
			s = append(s, jen.If(w.imported(loopPath, "retryloop", "InFlow").Call(w.ctx())).Block(parts...))
		}
	}
	open := w.imported(loopPath, "retryloop", "OpenFlow").Call(w.ctx(), jen.Op("&").Id(key))
	return append(s,
		jen.List(jen.Id(w.flow), jen.Id(failed)).Op(":=").Add(open),
		jen.If(jen.Id(failed).Op("!=").Nil()).Block(w.fails(jen.Id(failed))...),
		jen.Defer().Id(w.flow).Dot("Close").Call(),
	)
}
