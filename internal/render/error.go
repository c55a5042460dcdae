package render

import (
	"cmp"
	"fmt"
	"go/token"

	"github.com/retrygen/retrygen/internal/directive"
)

// Error says why no code can be written for a directive.
type Error struct {
	Pos     token.Pos // of the directive
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// collision is the error for a wrapper whose name a file of another platform declares.
func (f *file) collision() error {
	for _, fn := range f.asked.funcs {
		for _, made := range fn.Makes() {
			key := made
			if fn.Receiver != nil {
				key = fn.Receiver.Type + "." + key
			}
			if f.Declared[key] > 0 {
				return f.elsewhere(cmp.Or(token.Pos(fn.Policy.As.Pos), fn.Pos), made)
			}
		}
	}
	for _, d := range f.asked.decorators {
		switch {
		case f.Declared[d.Wrapper] > 0:
			return f.elsewhere(d.Pos, d.Wrapper)
		case d.Explicit && f.Declared[d.Constructor()] > 0:
			return f.elsewhere(d.Pos, d.Constructor())
		}
	}
	return nil
}

// elsewhere is the error for a name that another file declares.
func (f *file) elsewhere(pos token.Pos, text string) error {
	return &Error{pos, fmt.Sprintf(
		"%s is declared in package %s already, in a file that this build leaves out; choose another name with as=", text, f.Types.Name(),
	)}
}

// unspeakable is the error for a function whose code needs a name that the package hides.
func (f *file) unspeakable(fn *directive.Func, text string) error {
	return &Error{fn.Pos, fmt.Sprintf(
		"%s cannot be wrapped: generated code needs the predeclared %s, which package %s declares as something else",
		fn.Name, text, f.Types.Name(),
	)}
}
