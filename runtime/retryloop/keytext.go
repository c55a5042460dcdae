package retryloop

import (
	"strconv"
	"unicode/utf8"
)

// maxText limits the text of a call's arguments, in bytes.
const maxText = 200

// keyText is the text that a person reads for a key. It is written while the key is, for calls that a store gets.
type keyText struct {
	wanted bool
	muted  int // above 0 while parts are added that the text shows in another way
	text   []byte
	cut    bool
}

// live reports whether a part that is added now belongs to the text.
func (t *keyText) live() bool { return t.wanted && t.muted == 0 && !t.cut }

// open reports whether the text takes another part, and separates it from the one before.
func (t *keyText) open() bool {
	if !t.live() {
		return false
	}
	if len(t.text) > maxText {
		t.cut = true
		return false
	}
	if len(t.text) > 0 {
		t.text = append(t.text, ' ')
	}
	return true
}

// add adds a part as it is.
func (t *keyText) add(part string) {
	if t.open() {
		t.text = append(t.text, part...)
	}
}

// quote adds a string in Go's syntax.
func (t *keyText) quote(part string) {
	if !t.open() {
		return
	}
	if len(part) > maxText {
		part, t.cut = part[:maxText], true
		for range utf8.UTFMax - 1 { // not in the middle of a rune
			if r, size := utf8.DecodeLastRuneInString(part); r == utf8.RuneError && size == 1 {
				part = part[:len(part)-1]
			}
		}
	}
	t.text = strconv.AppendQuote(t.text, part)
}

// length adds the length of a slice or a map, or nil.
func (t *keyText) length(kind string, n int, isNil bool) {
	switch {
	case isNil:
		t.add("nil")
	case t.open():
		t.text = append(strconv.AppendInt(append(t.text, kind+"["...), int64(n), 10), ']')
	}
}

// String returns the text.
func (t *keyText) String() string {
	if t.cut {
		return string(t.text) + "…"
	}
	return string(t.text)
}
