package behavior

import "context"

// Frame is the context of a framework, as a pointer.
type Frame struct {
	context.Context
	calls int
}

// Ctx is the context of a framework, as an interface.
type Ctx interface {
	context.Context
	Call() error
}

// Call fails.
func (f *Frame) Call() error {
	f.calls++
	return errOutage
}

// Serve takes the context of a framework in place of one of its own.
//
//retry:task retries=3 delay=1
func Serve(c *Frame, name string) error {
	if c == nil {
		return errOutage
	}
	return c.Call()
}

// ServeAny takes the context of any framework.
//
//retry:task retries=3 delay=1
func ServeAny(name string, c Ctx) error {
	if c == nil {
		return errOutage
	}
	return c.Call()
}

// FrameHandler has a method with the context of a framework.
//
//retry:task retries=3 delay=1
type FrameHandler interface {
	Handle(c Ctx) error
}
