package syntax

import "go/token"

// Mirrored returns the comparison that holds for y and x where op holds for x and y: > for <. Other operators are returned as
// they are.
func Mirrored(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.GTR:
		return token.LSS
	case token.LEQ:
		return token.GEQ
	case token.GEQ:
		return token.LEQ
	}
	return op
}
