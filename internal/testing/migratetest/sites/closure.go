package sites

func (w *writer) closure() string { return newLoop(w).write() }
