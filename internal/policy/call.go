package policy

import (
	"errors"
	"fmt"
	"strings"
)

// Callee is the value of an option that is a function: its name alone, or a call of it with named arguments, such as
// worthRetrying(ctx,err,symbol).
type Callee struct {
	Name   Name
	Called bool   // written as a call
	Args   []Name // of the call
}

// String returns the function as messages show it.
func (f Callee) String() string { return Shown(f.text()) }

func (f Callee) text() string {
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
func (f Callee) names() []ErrorName {
	list := []ErrorName{{Name: f.Name, Called: f.Called}}
	for _, arg := range f.Args {
		list = append(list, ErrorName{Name: arg, Argument: true})
	}
	return list
}

// parseCallee reads the name of a function, or a call of it.
func parseCallee(text string) (Callee, error) {
	callee, rest, called := strings.Cut(text, "(")
	if !called {
		name, err := parseName(text)
		return Callee{Name: name}, err
	}
	name, err := parseName(callee)
	if err != nil {
		return Callee{}, err
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return Callee{}, fmt.Errorf("want %s(…), with a closing parenthesis at the end", Shown(callee))
	}
	f := Callee{Name: name, Called: true}
	if inner == "" {
		return f, nil
	}
	for arg := range strings.SplitSeq(inner, ",") {
		parsed, err := parseArg(arg)
		if err != nil {
			return Callee{}, err
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
	name, err := parseName(text)
	if err != nil || strings.ContainsAny(text, "()[]{}\"`'*&!+<>=|%") || numeric(text) {
		return "", fmt.Errorf("%s cannot be an argument; want a name or what is selected from one, such as err, "+
			"attempt.Number or .client", Quoted(text))
	}
	return name, nil
}
