// Package directive finds retry directives in Go syntax and says what they ask for.
//
// A directive is a comment of the form //retry:verb options, as in
//
//	//retry:task retries=4 delay=exponential(2) jitter=3 if=worthRetrying
//	func FetchPrice(ctx context.Context, symbol string) (Price, error) { … }
//
// [Find] reads the directives of a type-checked package, attaches each to the declaration below it, merges the
// options with named policies and the package's defaults, and resolves the names in them. What it returns is ready to
// be rendered: a [Func] for every function, method, function type or interface method to be wrapped, a [Decorator] for every
// interface. Every mistake is a positioned [Problem]; Find does not stop at the first.
//
//	found, problems := directive.Find(&directive.Package{Fset: fset, Files: files, Types: pkg, Info: info, Import: imports})
//	for _, fn := range found.Funcs {
//		fmt.Println(fn.Task, fn.Policy) // pricing.FetchPrice retries=4 delay=exponential(2s) jitter=3 if=worthRetrying
//	}
//
// The work has four steps, each in files of its own. A directive's text is read (line.go) and attached to a declaration
// (attach.go). Its options are put in a stack of layers with what they inherit (layers.go, constant.go, defaults.go). The
// stack is merged and fitted to the function (fit.go, condition.go, match.go, checkpoint.go), which resolves names
// (scope.go, resolve.go). Every value of the merged policy knows the layer that it came from ([policy.Origin]).
//
// The package knows syntax and types, but no files and no output. The generator and the analyzer share it, so that a
// directive means the same to both.
package directive

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/policy"
)

// RetryPath is the import path of the package that generated code calls.
const RetryPath = module.Path + "/runtime/retry"

// Package is a type-checked package whose directives are asked for. Function bodies need not have been checked.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File // parsed with comments; without what retrygen itself has written

	// Written reports whether a position is in a file that retrygen itself has written and that has been type-checked
	// too. What such files declare is ignored. Nil means that there are none.
	Written func(token.Pos) bool

	Types *types.Package
	Info  *types.Info // Defs, Implicits and Types

	// Import returns the package of an import path, for names that are written with a path. It fails for a path that
	// does not exist or that Types cannot import, and with ErrUnseen if it does not know.
	Import func(path string) (*types.Package, error)

	// Cover reports whether a file's directives are asked for. Nil means that every file's are. Defaults, policies and
	// names come from all files.
	Cover func(*ast.File) bool

	// Optional reports whether some builds of the package do not have a file: files with build constraints, and tests.
	// A package default cannot stand in such a file, since the same function would be generated differently elsewhere.
	Optional func(*ast.File) bool

	// Varies says on which file a constant's value depends that not every build with the file use has, as in "p stands
	// in p_linux.go"; "" if there is none. Nil means that it cannot be told.
	Varies func(constant *types.Const, use *ast.File) string

	// Unlike says how the declarations of an object, or of a method of a type, differ between platforms that all build
	// the file use; "" if they are alike. Types are alike whatever they are, unless exactly is true. Nil means that it
	// cannot be told.
	Unlike func(object types.Object, method string, exactly bool, use *ast.File) string

	// Cause says why a type in a file cannot be determined, "" if that is not known, and where to report it. Nil means
	// that it is not known.
	Cause func(*ast.File, ast.Expr) (token.Pos, string)
}

// ErrUnseen says that a package has not been loaded, so that it is not known whether it exists.
var ErrUnseen = errors.New("the package is not among those that this one imports")

// Problem is a mistake in a directive, at the position of the option or line that has to change.
type Problem struct {
	Pos        token.Pos
	Message    string
	Unattached bool // the directive stands above nothing it can apply to
	Unsure     bool // it comes from an ErrUnseen: with more packages loaded there may be no mistake
	policy.Misspelling
}

// Found is what the directives of a package ask for, in source order.
type Found struct {
	Funcs      []*Func
	Decorators []*Decorator
}

// All returns the functions, then the methods of interfaces.
func (f *Found) All() []*Func {
	all := append([]*Func(nil), f.Funcs...)
	for _, d := range f.Decorators {
		all = append(all, d.Methods...)
	}
	return all
}

// Func is one function, method or function type with the policy that its wrapper follows.
type Func struct {
	File    *ast.File
	Pos     token.Pos // of the directive
	Flow    bool      // a flow rather than a task
	Name    string    // as declared
	Wrapper string    // the name of the generated function
	Task    string    // how messages call it: "pkg.Func", "pkg.Type.Method"; see FullName

	Object   *types.Func // of a function type: a stand-in for its values
	Sig      *types.Signature
	Decl     *ast.FuncDecl // nil for the method of an interface, and for a function type
	Type     *ast.TypeSpec // the function type whose values are called, nil for any other
	Receiver *Receiver     // nil for a function and for the method of an interface
	Self     types.Type    // the receiver's type, or the interface that is decorated; nil for a function and a function type

	Policy    policy.Policy  // merged from the directive, policies and defaults
	Constants []*types.Const // the policy constants of this package that it was made from

	If       *Condition // nil if no condition was written
	On       []Match
	Except   []Match
	Budget   *Ref
	Guard    *Guard
	Notify   *Notify
	Discard  *Discard
	Schedule *Schedule // the function of delay=name

	Value *PolicyValue // the policy that only the running program knows; nil if policy= names none

	numbers map[operand]*Ref // names in place of numbers

	Checkpoint *Checkpoint // nil if nothing is remembered
	Remote     *Remote     // nil if no engine makes its calls

	skipped []skipped // inherited options that cannot apply
	pkg     *types.Package

	Roles
}

// Receiver is the receiver of an annotated method, as its declaration writes it, or of the method of a function type.
type Receiver struct {
	Name       string // "" if it is blank or unnamed
	Type       string // the name of the base type
	Pointer    bool
	TypeParams []string // as the declaration names them, "_" included
}

// Decorator is an annotated interface with the methods that are retried.
type Decorator struct {
	File    *ast.File
	Pos     token.Pos
	Name    string // of the interface
	Wrapper string // of the struct
	Object  *types.TypeName
	Methods []*Func // retried, sorted as the interface lists them

	// Explicit says that the interface cannot be embedded under its own name, because a method has that name. Then
	// Others are the methods that only pass their call on.
	Explicit bool
	Others   []*types.Func
}

// TypeParams returns the type parameters of the interface, nil if it has none.
func (d *Decorator) TypeParams() *types.TypeParamList {
	switch t := d.Object.Type().(type) {
	case *types.Named:
		return t.TypeParams()
	case *types.Alias:
		return t.TypeParams()
	}
	return nil
}

// Condition is the function behind if=, and how it is to be called.
type Condition struct {
	Ref
	Call    *Call // nil for a bare name, which is called by Leading and Results
	Leading Leading
	Results bool // it takes results rather than the error alone, and is asked after successes too
	Waits   bool // it returns (wait, again) rather than a bool
}

// Leading says what a condition takes before the error or the results.
type Leading int

// What may come first.
const (
	LeadingNothing Leading = iota
	LeadingContext
	LeadingAttempt
)

// Notify is the function behind notify=.
type Notify struct {
	Ref
	Call *Call // nil for a bare name, which is called with the context and the event
}

// Discard is the function behind discard=.
type Discard struct {
	Ref
	Call    *Call // nil for a bare name, which is called with all results, by Context and Error
	Context bool  // it takes a context first
	Error   bool  // it takes the error too, last
}

// Match is one entry of on= or except=: a value for errors.Is, or a type for errors.AsType.
type Match struct {
	Ref    // of a value; Type alone if IsType is true
	IsType bool
}
