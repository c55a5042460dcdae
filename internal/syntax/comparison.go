package syntax

import "go/token"

var mirrored = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ}

// Mirrored returns the comparison that holds for y and x where op holds for x and y: > for <. Other operators are returned as
// they are.
func Mirrored(op token.Token) token.Token {
	if to, ok := mirrored[op]; ok {
		return to
	}
	return op
}

var opposite = map[token.Token]token.Token{
	token.LSS: token.GEQ, token.GEQ: token.LSS, token.LEQ: token.GTR, token.GTR: token.LEQ, token.EQL: token.NEQ, token.NEQ: token.EQL,
}

// Compares reports whether an operator compares.
func Compares(op token.Token) bool { return opposite[op] != token.ILLEGAL }

// Opposite returns the comparison that holds where op does not: >= for <. It returns token.ILLEGAL for an operator that does not
// compare.
func Opposite(op token.Token) token.Token { return opposite[op] }
