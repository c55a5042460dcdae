package load

import "bytes"

// withoutBodies returns a source with the inside of its functions' bodies replaced by spaces, so that the parser need not
// read them. Offsets and lines stay the same. A body with something that matters in comments stays. Where the brackets
// of a source do not match, or something else is unusual, it returns the source itself.
func withoutBodies(src []byte) []byte {
	t := tokens{src: src}
	out := src
	for t.next() {
		if !t.startsFunction() {
			continue
		}
		from, to := t.body()
		if from == to || matters(src[from:to]) {
			continue
		}
		if &out[0] == &src[0] {
			out = bytes.Clone(src)
		}
		blankLines(out[from:to])
	}
	if t.odd {
		return src
	}
	return out
}

// matters reports whether a body may hold a directive, or a comment that changes positions.
func matters(body []byte) bool {
	return bytes.Contains(body, []byte("retry:")) || bytes.Contains(body, []byte("//line ")) || bytes.Contains(body, []byte("/*line "))
}

// blankLines replaces everything but line ends by spaces.
func blankLines(text []byte) {
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\n')
		if n < 0 {
			n = len(text)
		}
		blank(text[:n])
		text = text[min(n+1, len(text)):]
	}
}

// appendCode appends a piece of a source without its comments and indentation. Positions in it then mean nothing.
func appendCode(to, src []byte) []byte {
	t := tokens{src: src}
	from := 0
	for t.at < len(src) && !t.odd {
		begin := t.at
		switch c := src[t.at]; {
		case c == '/' && t.comment():
			to = append(to, src[from:begin]...)
			if from = t.at; bytes.IndexByte(t.word, '\n') >= 0 {
				to = append(to, '\n')
			} else {
				to = append(to, ' ')
			}
		case c == '"' || c == '\'' || c == '`':
			t.quoted(c)
		case c == '\n':
			to = append(to, src[from:begin+1]...)
			from = begin + 1 + len(src[begin+1:]) - len(bytes.TrimLeft(src[begin+1:], "\n\t "))
			t.at = from
		default:
			t.at++
		}
	}
	return append(to, src[from:]...)
}

// tokens goes through the tokens of a source, as far as it has to tell them apart to find functions.
type tokens struct {
	src  []byte
	at   int    // behind the token
	word []byte // the token, if it is a name, a keyword or a number
	kind byte   // its first byte, 'a' for a word
	fine bool   // a statement may end before the token: it is the first of its line, or a semicolon precedes it
	odd  bool   // something is not as in a source that compiles

	receiver string // of the latest function, which those that follow share
}

// next goes to the next token, and reports whether there is one.
func (t *tokens) next() bool {
	ends := t.at == 0 || t.kind == ';'
	closed := t.kind == 'a' && string(t.word) != "chan" || t.kind == ')' || t.kind == ']' || t.kind == '}' || t.kind == '"'
	for !t.odd && t.at < len(t.src) {
		switch c := t.src[t.at]; {
		case c == '\n':
			ends = ends || closed
			t.at++
		case c == ' ' || c == '\t' || c == '\r':
			t.at++
		case c == '/' && t.comment():
			ends = ends || closed && bytes.IndexByte(t.word, '\n') >= 0
		default:
			t.fine = ends
			t.token(c)
			return !t.odd
		}
	}
	return false
}

// comment passes over a comment, if there is one, and keeps its text as the word.
func (t *tokens) comment() bool {
	rest := t.src[t.at:]
	length := 0
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		if length = bytes.IndexByte(rest, '\n'); length < 0 {
			length = len(rest)
		}
	case bytes.HasPrefix(rest, []byte("/*")):
		end := bytes.Index(rest[2:], []byte("*/"))
		if end < 0 {
			t.odd = true
			return true
		}
		length = end + 4
	default:
		return false
	}
	t.word = rest[:length]
	t.at += length
	return true
}

// token passes over the token that begins with c.
func (t *tokens) token(c byte) {
	start := t.at
	t.word = nil
	switch {
	case inWord(c):
		for t.at < len(t.src) && kinds[t.src[t.at]] == ofWord {
			t.at++
		}
		t.kind, t.word = 'a', t.src[start:t.at]
	case c == '"' || c == '\'' || c == '`':
		t.kind = '"'
		t.quoted(c)
	default:
		t.kind = c
		t.at++
	}
}

// inWord reports whether a byte may be part of a name, a keyword or a number. Whatever is beyond ASCII counts, too.
func inWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

// quoted passes over a string or a rune.
func (t *tokens) quoted(quote byte) {
	for t.at++; t.at < len(t.src); t.at++ {
		switch c := t.src[t.at]; {
		case c == quote:
			t.at++
			return
		case quote == '`':
		case c == '\\':
			t.at++
		case c == '\n':
			t.odd = true
			return
		}
	}
	t.odd = true
}

// startsFunction reports whether the token begins the declaration of a function, and passes over any other group in
// brackets.
func (t *tokens) startsFunction() bool {
	switch {
	case t.kind == '(' || t.kind == '[' || t.kind == '{':
		t.group(false)
	case t.kind == ')' || t.kind == ']' || t.kind == '}':
		t.odd = true
	}
	return t.fine && string(t.word) == "func"
}

// declares reports whether a function with a name seems to begin at the keyword func.
func (t *tokens) declares() bool {
	atMargin := t.at == len("func") || t.src[t.at-len("func")-1] == '\n'
	rest := bytes.TrimLeft(t.src[t.at:], " \t")
	return atMargin || len(rest) > 0 && inWord(rest[0])
}

// header passes over a function's receiver and name. It returns the name, and the offsets of what stands between the
// receiver's parentheses, which are the same if there is none.
func (t *tokens) header() (name []byte, from, to int) {
	if !t.next() {
		t.odd = true
		return nil, 0, 0
	}
	if t.kind == '(' {
		from = t.at
		t.group(false)
		to = t.at - 1
		t.next()
	}
	t.odd = t.odd || t.kind != 'a'
	return t.word, from, to
}

// body passes over the declaration of a function, and returns the offsets of what stands inside its braces. They are the
// same for a function without a body.
func (t *tokens) body() (from, to int) {
	if t.header(); t.odd {
		return 0, 0
	}
	return t.signature()
}

// signature passes over the rest of a function's declaration, and returns the offsets of what stands inside its braces.
func (t *tokens) signature() (from, to int) {
	for {
		before, end := string(t.word), t.at
		kind := t.kind
		if !t.next() {
			return 0, 0
		}
		switch {
		case t.fine:
			// There is no body, and the token begins the next declaration.
			t.at, t.kind, t.word = end, kind, nil
			return 0, 0
		case t.kind == '{' && before != "struct" && before != "interface":
			from = t.at
			if t.group(true); t.odd {
				return 0, 0
			}
			return from, t.at - 1
		case t.kind == '(' || t.kind == '[' || t.kind == '{':
			t.group(false)
		}
	}
}
