package render

import (
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// closureHolder describes the receiver of the method of a function type: the function that is called.
func (f *file) closureHolder(fn *directive.Func) *holder {
	named := fn.Sig.Recv().Type().(*types.Named)
	return &holder{
		name: fn.Receiver.Type, link: fn.Receiver.Type, typ: named,
		receiver: &name{want: letter(fn.Receiver.Type), instead: lower(fn.Receiver.Type)},
		params:   slices.Collect(named.TypeParams().TypeParams()),
	}
}
