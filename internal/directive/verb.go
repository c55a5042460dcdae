package directive

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// verbs are what may follow "//retry:".
var verbs = []string{"task", "flow", "policy", "default", "ignore"}

// foreignVerbs says which verb is meant by another word.
var foreignVerbs = map[string]string{
	"retry": "task", "func": "task", "function": "task", "method": "task", "call": "task", "do": "task", "step": "task",
	"activity": "task", "operation": "task", "wrap": "task", "generate": "task",
	"workflow": "flow", "job": "flow", "pipeline": "flow", "saga": "flow",
	"defaults": "default", "config": "default", "global": "default", "package": "default",
	"const": "policy", "preset": "policy", "nolint": "ignore", "disable": "ignore", "skip": "ignore",
}

// unknown says that there is no such verb, and which one may be meant.
func (l *line) unknown() *Problem {
	wrong := func(written, right string) *Problem {
		message := fmt.Sprintf("unknown directive //retry:%s: did you mean //retry:%s?", policy.Shown(l.verb), policy.Shown(right))
		return &Problem{Pos: l.pos, Message: message, Misspelling: policy.Misspelling{Written: written, Right: right}}
	}
	// The options may begin where the verb belongs, or at once behind it.
	if at := strings.IndexAny(l.verb, "=(,;:"); at > 0 {
		verb, options := l.verb[:at], strings.Trim(l.verb[at:], "(),;:")
		if l.verb[at] == '=' {
			verb, options = "task", l.verb
		}
		if near, ok := nearestVerb(verb); ok {
			return wrong(l.verb, strings.TrimSpace(near+" "+options))
		}
	}
	if near, ok := nearestVerb(l.verb); ok {
		return wrong(l.verb, near)
	}
	message := fmt.Sprintf("unknown directive //retry:%s: want %s", policy.Shown(l.verb), strings.Join(verbs, ", "))
	return &Problem{Pos: l.pos, Message: message}
}

// nearestVerb returns the verb that a word is or may mean.
func nearestVerb(word string) (string, bool) {
	if slices.Contains(verbs, word) {
		return word, true
	}
	if verb, ok := foreignVerbs[word]; ok {
		return verb, true
	}
	return policy.Nearest(word, verbs)
}
