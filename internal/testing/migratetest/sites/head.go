package sites

import (
	"fmt"
	"strings"
)

// heads chooses what limits the attempts.
func (l *loop) heads() {
	n := l.pick("3", "4", "n", "c.n", "tries", "5")
	if n == "tries" {
		l.before = append(l.before, "const tries = 3")
	}
	l.pre = l.one(6)
	switch l.IntN(16) {
	case 0, 1:
		l.for0(n, "i := 0", "i < "+n, "i")
		l.last = "i == " + n + "-1"
	case 2:
		l.for0(n, "i := 1", "i <= "+n, "i-1")
		l.last = "i == " + n
	case 3:
		l.for0(n, "i := 0", "i <= "+n, "i")
		l.last = "i >= " + n
	case 4:
		l.head, l.counter, l.index, l.last = "for i := range "+n, "i", "i", "i == "+n+"-1"
	case 5:
		l.head = "for range " + n
	case 6:
		l.head, l.counter, l.index, l.last = "for i := "+n+"; i > 0; i--", "i", n+"-i", "i == 1"
	case 7:
		l.before = append(l.before, "i := 0")
		l.head, l.counter, l.index = "for", "i", "i-1"
		l.begin = append(l.begin, "i++")
		l.limit = l.pick("i >= ", "i == ", "i > ") + n
	case 8:
		l.head, l.counter, l.index = "for i := 1; ; i++", "i", "i-1"
		l.limit = l.pick("i >= ", "i == ", "i > ") + n
	case 9:
		l.head, l.counter, l.index = "for i := 0; ; i++", "i", "i"
		l.limit = l.pick("i >= ", "i == ", "i > ", "i+1 >= ") + n
	case 10:
		l.before = append(l.before, "deadline := time.Now().Add("+l.pick("5111*time.Millisecond", "c.max", "c.max")+")")
		l.head = "for time.Now().Before(deadline)"
	case 11:
		l.before = append(l.before, "start := time.Now()")
		l.head = "for"
		l.limit = "time.Since(start) " + l.pick(">", ">=") + " " + l.pick("5111*time.Millisecond", "c.max")
	case 12:
		l.head = "for"
		if l.one(2) {
			l.head, l.counter, l.index = "for i := 0; ; i++", "i", "i"
		}
	case 13:
		zero := l.pick(n+" == 0 || ", n+" <= 0 || ", n+" < 0 || ")
		if !strings.Contains("n c.n", n) {
			zero = ""
		}
		l.for0(n, "i := 0", zero+"i < "+n, "i")
	case 14:
		l.before = append(l.before, "i := 0")
		l.head, l.counter, l.index, l.last = "for i < "+n, "i", "i", "i == "+n+"-1"
		l.behind = append(l.behind, "i++")
		if l.one(2) {
			l.begin, l.behind, l.index, l.last = []string{"i++"}, nil, "i-1", "i == "+n
		}
	case 15:
		l.before = append(l.before, "left := "+n)
		l.head, l.counter = "for", "left"
		l.begin = append(l.begin, "left--")
		l.limit = l.pick("left == 0", "left <= 0", "left < 1")
		l.index = n + "-left-1"
	}
}

func (l *loop) for0(_, init, cond, index string) {
	l.head, l.counter, l.index = fmt.Sprintf("for %s; %s; i++", init, cond), "i", index
}

// notFirst is a condition that holds in all rounds but the first.
func (l *loop) notFirst() string {
	if strings.Contains(l.head, "i := 1") || strings.Contains(strings.Join(l.begin, ""), "i++") {
		return l.pick("i > 1", "i > 1", "i != 1", "i > 0", "i >= 2")
	}
	if l.counter == "left" {
		return l.index + " > 0"
	}
	if strings.Contains(l.head, "i--") {
		return l.index + " > 0"
	}
	return l.pick("i > 0", "i != 0", "i >= 1")
}
