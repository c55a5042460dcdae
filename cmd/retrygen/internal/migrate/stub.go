package migrate

import (
	"go/ast"
	"go/parser"
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
)

// runtime declares what migrated code uses of the runtime, for modules that do not require it yet.
func (p *checked) runtime() (*types.Package, error) {
	if known := p.types[directive.RetryPath]; known != nil {
		return known, nil
	}
	file, err := parser.ParseFile(p.Fset, "retry.go", retryPackage, 0)
	if err != nil {
		return nil, err
	}
	pkg, err := (&types.Config{Importer: p}).Check(directive.RetryPath, p.Fset, []*ast.File{file}, nil)
	if err == nil {
		p.types[directive.RetryPath] = pkg
	}
	return pkg, err
}

// retryPackage declares what migrated code and directives use of the runtime.
const retryPackage = `package retry

import "time"

type Attempt struct {
	Number  int
	Elapsed time.Duration
	Err     error
}
type Event struct{ Err error }
type Budget struct{}
type Policy struct{}

type Error struct {
	Reason               Reason
	Last, Cause, Context error
}
type Reason int

const (
	ReasonCanceled Reason = iota + 1
	ReasonDeadline
	ReasonWithin
)

func (*Error) Error() string { return "" }
func (Reason) Error() string { return "" }

const Unlimited = -1
const Immediately time.Duration = -1

func Permanent(err error) error                 { return err }
func After(err error, wait time.Duration) error { return err }
`
