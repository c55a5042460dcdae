package render

import (
	"fmt"
	"strings"
)

// code is a stretch of Go whose names are not decided yet.
type code []piece

// piece is a part of code: a text, a name, or a list that may be broken over lines.
type piece struct {
	text string
	name *name
	list *list
	role role
	soft bool // the line may end behind it
	gap  bool // it is a space that gofmt widens to align what follows
}

// role says what a piece does with its name.
type role int8

const (
	uses         role = iota // refers to it
	declares                 // declares it in the block at hand
	declaresType             // declares it as a type parameter of the function
)

// list is code with separators between its items. It stands on one line, or where that would be too long, with each
// item on a line of its own.
type list struct {
	open, close string
	items       []code
	separator   string // "," between arguments, ";" between fields, an operator between operands
	broken      bool   // always over several lines
}

// join puts texts, names, pieces and code together.
func join(parts ...any) code {
	size := len(parts)
	for _, part := range parts {
		if part, ok := part.(code); ok {
			size += len(part) - 1
		}
	}
	c := make(code, 0, size)
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			c = append(c, piece{text: part})
		case *name:
			c = append(c, piece{name: part})
		case piece:
			c = append(c, part)
		case code:
			c = append(c, part...)
		default:
			panic(fmt.Sprintf("render: no code in a %T", part))
		}
	}
	return c
}

// declare is a name where it is declared.
func declare(n *name) piece { return piece{name: n, role: declares} }

// declareType is a type parameter where it is declared.
func declareType(n *name) piece { return piece{name: n, role: declaresType} }

// parens puts items between parentheses.
func parens(items ...code) piece {
	return piece{list: &list{open: "(", close: ")", items: items, separator: ","}}
}

// braces puts items between braces, as a composite literal has them.
func braces(items ...code) piece {
	return piece{list: &list{open: "{", close: "}", items: items, separator: ","}}
}

// fields puts fields or methods behind the keyword of their type.
func fields(keyword string, items []code) piece {
	return piece{list: &list{open: keyword + "{", close: "}", items: items, separator: ";"}}
}

// gap is a space between two columns of a list with each item on a line of its own.
var gap = piece{text: " ", gap: true}

// element is an element of a composite literal with a key. Around an operator in its value, gofmt has spaces.
func element(key string, value ...any) code {
	c := join(append([]any{key + ":", gap}, value...)...)
	if number, ok := strings.CutSuffix(c[2].text, "*"); ok {
		c[2].text = number + " * "
	}
	return c
}

// operands puts an operator between operands.
func operands(operator string, items ...code) code {
	if len(items) == 1 {
		return items[0]
	}
	return code{{list: &list{items: items, separator: " " + operator}}}
}

// call calls a function.
func call(fn code, args ...code) code { return join(fn, parens(args...)) }

// method calls a method of a name.
func method(of any, name string, args ...code) code { return join(of, "."+name, parens(args...)) }

// address is the address of a name.
func address(of *name) code { return join("&", of) }

// comma is a comma behind which the line ends if nothing else makes it short enough.
var comma = piece{text: ", ", soft: true}

// commas separates code with commas, on one line if that is not too long.
func commas(items []code) code {
	var c code
	for i, item := range items {
		if i > 0 {
			c = append(c, comma)
		}
		c = append(c, item...)
	}
	return c
}

// brackets puts type parameters or arguments between brackets, nothing where there are none.
func brackets(items []code) code {
	if len(items) == 0 {
		return nil
	}
	return join("[", commas(items), "]")
}

// stmt is a statement: a simple one, or a block behind what opens it.
type stmt struct {
	code    code
	block   bool
	body    []stmt
	instead *stmt // written instead where code is too long for a line; it declares nothing
}

// line is a simple statement.
func line(parts ...any) stmt { return stmt{code: join(parts...)} }

// block is a statement with a body.
func block(head code, body ...stmt) stmt { return stmt{code: head, block: true, body: body} }

// returns is a return statement.
func returns(values ...code) stmt {
	if len(values) == 0 {
		return line("return")
	}
	return line("return ", commas(values))
}

// decl is a declaration of the generated file.
type decl struct {
	doc  code
	head code
	stmt []stmt
	fn   bool // it is a function, with a body
}
