package policy

import (
	"errors"
	"fmt"
	"strings"
)

// Func is the value of an option that is a function: its name alone, or a call of it with named arguments, such as
// worthRetrying(ctx,err,symbol).
type Func struct {
	Name   Name
	Called bool   // written as a call
	Args   []Name // of the call
}

// String returns the function as messages show it.
func (f Func) String() string { return Shown(f.text()) }

func (f Func) text() string {
	if !f.Called {
		return string(f.Name)
	}
	var args []string
	for _, arg := range f.Args {
		args = append(args, string(arg))
	}
	return string(f.Name) + "(" + strings.Join(args, ",") + ")"
}

// names lists the name of the function and those of its arguments.
func (f Func) names() []ErrorName {
	list := []ErrorName{{Name: f.Name, Called: f.Called}}
	for _, arg := range f.Args {
		list = append(list, ErrorName{Name: arg, Argument: true})
	}
	return list
}

// parseFunc reads the name of a function, or a call of it.
func parseFunc(text string) (Func, error) {
	callee, rest, called := strings.Cut(text, "(")
	if !called {
		name, err := parseName(text)
		return Func{Name: name}, err
	}
	name, err := parseName(callee)
	if err != nil {
		return Func{}, err
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return Func{}, fmt.Errorf("want %s(…), with a closing parenthesis at the end", Shown(callee))
	}
	f := Func{Name: name, Called: true}
	if inner == "" {
		return f, nil
	}
	for arg := range strings.SplitSeq(inner, ",") {
		parsed, err := parseArg(arg)
		if err != nil {
			return Func{}, err
		}
		f.Args = append(f.Args, parsed)
	}
	return f, nil
}

// parseArg reads an argument of a call: a name, or what is selected from one.
func parseArg(text string) (Name, error) {
	if text == "" {
		return "", errors.New("an argument is empty; want names with commas between them")
	}
	if strings.ContainsAny(text, "()[]{}\"`'*&!+<>=|%") || numeric(text) {
		return "", fmt.Errorf("%s cannot be an argument; want a name or what is selected from one, such as err, attempt.Number or .client", Quoted(text))
	}
	name, err := parseName(text)
	if err != nil {
		return "", fmt.Errorf("%s cannot be an argument; want a name or what is selected from one, such as err, attempt.Number or .client", Quoted(text))
	}
	return name, nil
}
