package directive

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// Call is a call of a function with arguments that the directive names.
type Call struct{ Args []*Ref }

// ReadsClock reports whether an argument depends on the time since the call began.
func (c *Call) ReadsClock() bool {
	return c != nil && slices.ContainsFunc(c.Args, func(arg *Ref) bool {
		return arg.Root == RootAttempt && (len(arg.Path) == 0 || arg.Path[0].Name == "Elapsed")
	})
}

// Result reports whether an argument is a result of the function, or is selected from it.
func (c *Call) Result(i int) bool {
	return slices.ContainsFunc(c.Args, func(arg *Ref) bool { return arg.Root == RootResult && arg.Param == i })
}

// Of reports whether an argument begins with a parameter of the function.
func (c *Call) Of(param int) bool {
	return c != nil && slices.ContainsFunc(c.Args, func(arg *Ref) bool { return arg.Root == RootParameter && arg.Param == param })
}

// arguments resolves the arguments of the call in an option, nil if it is a bare name.
func (s *fitter) arguments(option string, f policy.Callee, where scope) (*Call, error) {
	if !f.Called {
		return nil, nil
	}
	call := &Call{}
	for _, name := range f.Args {
		arg, err := s.argument(option, string(name), where)
		if err != nil {
			return nil, err
		}
		call.Args = append(call.Args, arg)
	}
	return call, nil
}

// argument resolves an argument: a parameter or a result of the function, one of the words that the loop knows, or what
// the name means elsewhere. Each hides the next.
func (s *fitter) argument(option, text string, where scope) (*Ref, error) {
	first, rest, selected := strings.Cut(text, ".")
	if first == "" || strings.Contains(text, "/") {
		return s.resolve(policy.Name(text), where)
	}
	var selectors []string
	if selected {
		selectors = strings.Split(rest, ".")
	}
	for _, find := range []func(option, name string, where scope) (*Ref, error){s.ofFunction, s.word} {
		if first == "retry" && selected {
			break // the package
		}
		if ref, err := find(option, first, where); err != nil || ref != nil {
			if err == nil {
				ref, err = s.member(ref, selectors)
			}
			return ref, err
		}
	}
	ref, err := s.resolve(policy.Name(text), where)
	if err != nil {
		err = meantWord(option, text, err)
	}
	return ref, err
}

// meantWord returns the error of an argument that means nothing: what is wrong with it if a word was meant.
func meantWord(option, text string, err error) error {
	first, _, selected := strings.Cut(text, ".")
	switch {
	case first == "wait" || first == "event":
		return fmt.Errorf("%s is known in notify= alone, which is called when a retry has been decided", first)
	case first == "retry" && selected:
		return errors.New("retry alone is the number of the coming retry; what is known of the latest attempt is attempt.Number, " +
			"attempt.Err and attempt.Elapsed")
	}
	if near, ok := policy.Nearest(first, wordsOf(option)); ok && !selected {
		return misread(first, near, "nothing is called %s; did you mean %s?", policy.Shown(first), near)
	}
	return err
}

// wordsOf lists the words that are known in calls of an option, but for results.
func wordsOf(option string) []string {
	words := []string{"ctx", "attempt", "err", "retry"}
	if option == "notify" {
		words = append(words, "wait", "event")
	}
	return words
}

// ofFunction finds a parameter, the receiver or a named result. It returns nil if there is none, or if the scope is not in
// the function.
func (s *fitter) ofFunction(option, name string, where scope) (*Ref, error) {
	if where.body == nil || name == "_" {
		return nil, nil
	}
	for i := range s.fn.Sig.Params().Len() {
		if s.fn.Sig.Params().At(i).Name() == name && slices.Contains(s.fn.Attempts, i) {
			return &Ref{Root: RootAttempt, Type: s.fn.Sig.Params().At(i).Type()}, nil
		}
	}
	if ref, err := s.inBody(name, where); err != nil || ref != nil {
		return ref, err
	}
	for i := range s.fn.Sig.Results().Len() {
		if s.fn.Sig.Results().At(i).Name() == name {
			return s.result(option, i)
		}
	}
	return nil, nil
}

// word finds what the loop knows under a name. It returns nil if the name is no word in this option.
func (s *fitter) word(option, name string, where scope) (*Ref, error) {
	switch name {
	case "ctx":
		if s.fn.Context >= 0 && !s.fn.Foreign {
			return &Ref{Root: RootContext, Type: s.fn.Sig.Params().At(s.fn.Context).Type()}, nil
		}
		return s.typed(RootContext, "context", "Context")
	case "attempt":
		return s.typed(RootAttempt, RetryPath, "Attempt")
	case "retry":
		return &Ref{Root: RootRetry, Type: types.Typ[types.Int]}, nil
	case "err":
		if !s.fn.Error {
			return nil, fmt.Errorf("err means the error, and %s has no error result", s.fn.Name)
		}
		return s.result(option, s.fn.Sig.Results().Len()-1)
	}
	if option == "notify" && name == "wait" {
		return s.typed(RootWait, "time", "Duration")
	}
	if option == "notify" && name == "event" {
		return s.typed(RootEvent, RetryPath, "Event")
	}
	if number, ok := strings.CutPrefix(name, "result"); ok {
		return s.numbered(option, name, number, where)
	}
	return nil, nil
}

// numbered finds a result by its number: result for the only one besides the error, otherwise result1, result2 and so on. It
// returns nil for a name that is not of this form. In the scope of the function, a result that has a name is called by it.
func (s *fitter) numbered(option, name, number string, where scope) (*Ref, error) {
	n, err := strconv.Atoi(number)
	if number != "" && (err != nil || strconv.Itoa(n) != number) {
		return nil, nil
	}
	count := len(s.fn.results())
	switch {
	case number == "" && count > 1:
		return nil, fmt.Errorf("%s has %d results; write result1 to result%d", s.fn.Name, count, count)
	case number == "":
		n = 1
	}
	if n < 1 || n > count {
		return nil, fmt.Errorf("%s has no %s: %s", s.fn.Name, name, counted(count))
	}
	if own := s.fn.Sig.Results().At(n - 1).Name(); own != "" && own != "_" && where.body != nil {
		return nil, fmt.Errorf("the result is called %s; write that", own)
	}
	return s.result(option, n-1)
}

// counted says how many results a function has.
func counted(results int) string {
	switch results {
	case 0:
		return "it has no results but its error"
	case 1:
		return "it has one result; write result"
	}
	return fmt.Sprintf("it has %d results", results)
}

// result returns a ref to a result of the latest attempt.
func (s *fitter) result(option string, i int) (*Ref, error) {
	v := s.fn.Sig.Results().At(i)
	if option == "notify" && (!s.fn.Error || i < len(s.fn.results())) {
		return nil, errors.New("results are not known to notify=, which is called after them; want err, event, wait or a parameter")
	}
	return &Ref{Root: RootResult, Param: i, Type: v.Type()}, nil
}

// typed returns a ref to a word of a type of another package.
func (s *fitter) typed(root Root, path, name string) (*Ref, error) {
	pkg, err := s.Import(path)
	if err != nil {
		return nil, err
	}
	object := pkg.Scope().Lookup(name)
	if object == nil {
		return nil, fmt.Errorf("package %s has no %s", path, name)
	}
	return &Ref{Root: root, Type: object.Type()}, nil
}

// isWord reports whether an argument begins with a word that is known in calls of an option.
func isWord(option string, arg policy.Name) bool {
	first, _, selected := strings.Cut(string(arg), ".")
	if slices.Contains(wordsOf(option), first) {
		return first != "retry" || !selected
	}
	number, ok := strings.CutPrefix(first, "result")
	_, err := strconv.Atoi(number)
	return ok && (number == "" || err == nil)
}
