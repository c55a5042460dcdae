package load

// group passes over everything up to the bracket that closes the present one. In a body no function with a name is
// declared. Most of all sources is in groups, so it looks at bytes rather than tokens.
func (t *tokens) group(body bool) {
	open := []byte{t.kind}
	for t.at < len(t.src) && !t.odd {
		c := t.src[t.at]
		switch kinds[c] {
		case ofWord:
			t.wordInGroup(body)
			continue
		case ofOpening:
			open = append(open, c)
		case ofClosing:
			if last := open[len(open)-1]; c != last+1 && c != last+2 {
				t.odd = true
				return
			}
			open = open[:len(open)-1]
		case ofQuote:
			t.quoted(c)
			continue
		case ofComment:
			if t.comment() {
				continue
			}
		}
		t.at++
		if len(open) == 0 {
			t.kind, t.word = c, nil
			return
		}
	}
	t.odd = true
}

// wordInGroup passes over a word. The source is odd if a function with a name seems to begin in a body.
func (t *tokens) wordInGroup(body bool) {
	start := t.at
	for t.at < len(t.src) && kinds[t.src[t.at]] == ofWord {
		t.at++
	}
	if body && t.at-start == len("func") && string(t.src[start:t.at]) == "func" && t.declares() {
		t.odd = true
	}
}

// The kinds of bytes in a group.
const (
	ofNothing = iota // it says nothing about where the group ends
	ofWord
	ofOpening
	ofClosing
	ofQuote
	ofComment // it may begin a comment
)

// kinds says of each byte what kind it is.
var kinds = func() (kinds [256]byte) {
	for c := range kinds {
		if inWord(byte(c)) {
			kinds[c] = ofWord
		}
	}
	for _, c := range []byte("([{") {
		kinds[c] = ofOpening
	}
	for _, c := range []byte(")]}") {
		kinds[c] = ofClosing
	}
	for _, c := range []byte("\"'`") {
		kinds[c] = ofQuote
	}
	kinds['/'] = ofComment
	return kinds
}()
