package render

// openFlow begins the call of a flow. What it is called with matters only within another flow.
func (fr *frame) openFlow() []stmt {
	key, failed := invented("key"), invented("failed")
	s := []stmt{fr.newKey(key, "NewKey")}
	if fr.fn.Checkpoint == nil { // else the call has been identified already
		if parts := fr.keyParts(key); len(parts) > 0 {
			s = append(s, block(join("if ", call(fr.loop("InFlow"), fr.ctx())), parts...))
		}
	}
	args := []code{fr.ctx(), address(key), fr.retriesInForce()}
	open := call(fr.loop("OpenFlow"), args...)
	if fr.served != nil {
		open = method(fr.served, "OpenFlow", args...)
	}
	fr.flow = invented("flow")
	return append(s,
		line(declare(fr.flow), ", ", declare(failed), " := ", open),
		block(join("if ", failed, " != ", fr.null()), fr.fails(join(failed))...),
		line("defer ", fr.flow, ".Close()"),
	)
}
