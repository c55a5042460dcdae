package policy

import (
	"slices"
	"strconv"
	"strings"
)

// suggestion is a value that was likely meant.
type suggestion struct {
	value string
	more  string // other options that were meant too
	why   string // what is wrong with what was written, "" if the value says it
	note  string // what a reader has to know about the value
	risky bool
}

// options returns the suggestion as options.
func (s suggestion) options(name string) string {
	text := name + "=" + s.value
	if s.value == "" {
		text = name
	}
	if s.more != "" {
		text += " " + s.more
	}
	return text
}

// reads reports whether the suggestion can be read.
func (s suggestion) reads(name string) bool {
	return (s.value != "" || find(name).bare) && reads(s.options(name))
}

// Words for a switch.
var (
	yes = set("true yes on 1 enabled")
	no  = set("false no off null nil never disabled 0 nothing")
)

// suggest returns the value that was meant where a value of an option does not read.
func suggest(o *Option, value string) suggestion {
	lower := strings.ToLower(value)
	switch {
	case o.Kind == Flag && yes[lower]:
		return suggestion{}
	case o.Inherited && lower == "none", o.Inherited && no[lower] && lower != "0":
		return suggestion{value: "none"}
	case o.Kind == Flag && lower == "0":
		return suggestion{value: "none"}
	}
	if s, ok := suggestCalled(o, value); ok {
		return s
	}
	switch o.Kind {
	case Count:
		return suggestCount(lower)
	case Duration:
		return suggestLimit(lower)
	case Schedule:
		return suggestDelay(lower)
	case Spread:
		return suggestJitter(lower)
	case Function, Variable, Constant:
		s := suggestName(value)
		if s.why == parentheses && o.Kind != Constant {
			s.why += "; retrygen calls it"
		}
		return s
	case Errors:
		return suggestErrors(value)
	case Flag:
		return suggestion{value: lower}
	case Identifier:
		return suggestIdentifier(value)
	}
	return suggestion{}
}

var (
	countWords = []string{"times", "time", "x", "retries", "attempts", "tries"}
	endless    = set("unlimited infinite infinity inf ∞ forever endless always max maximum unbounded nolimit")
	numerals   = strings.Fields("zero one two three four five six seven eight nine ten")
)

func suggestCount(value string) suggestion {
	if endless[value] {
		return suggestion{value: "unlimited"}
	}
	if value == "-1" {
		return suggestion{value: "unlimited", why: "-1 is not a number of retries", note: "if there is to be no limit", risky: true}
	}
	if at := slices.Index(numerals, value); at >= 0 {
		return suggestion{value: strconv.Itoa(at)}
	}
	for _, word := range countWords {
		value = strings.TrimSuffix(value, word)
	}
	value = strings.ReplaceAll(strings.TrimPrefix(value, "+"), "_", "")
	if number, ok := inDigits(value); ok {
		value = number
	}
	whole, fraction, dotted := strings.Cut(value, ".")
	if dotted && strings.Trim(fraction, "0") == "" {
		value = whole
	}
	if strings.TrimSuffix(value, ",") != "" && strings.Contains(value, ",") {
		return suggestion{}
	}
	return suggestion{value: value}
}

// suggestLimit is suggestDuration for options whose value cannot be 0.
func suggestLimit(value string) suggestion {
	if endless[value] {
		return suggestion{value: "none", why: "there is no limit without the option", note: "or leave it out"}
	}
	if d, err := parseDuration(value); err == nil && d == 0 {
		return suggestion{value: "none", why: "0 is no time at all", note: "or leave it out", risky: true}
	}
	return suggestion{value: respell(value)}
}

// schedules maps other names of schedules to ours. "fixed" is a duration by itself.
var schedules = map[string]string{
	"exponential": "exponential", "exp": "exponential", "expo": "exponential", "exponentialbackoff": "exponential",
	"waitexponential": "exponential", "backoff": "exponential", "binary": "exponential", "geometric": "exponential",
	"double": "exponential", "doubling": "exponential", "exponentialjitter": "exponential", "waitrandomexponential": "exponential",
	"linear": "linear", "lin": "linear", "incremental": "linear", "incrementing": "linear", "linearbackoff": "linear",
	"fibonacci": "fibonacci", "fib": "fibonacci", "fibo": "fibonacci", "waitfibonacci": "fibonacci", "fibonaccibackoff": "fibonacci",
	"constant": "fixed", "fixed": "fixed", "const": "fixed", "static": "fixed", "waitfixed": "fixed", "fixeddelay": "fixed",
	"constantbackoff": "fixed",
	"random":          "random", "uniform": "random", "waitrandom": "random", "between": "random", "rand": "random",
}

func suggestDelay(value string) suggestion {
	if args, ok := strings.CutPrefix(value, "@backoff("); ok { // Spring's, in milliseconds
		value = "fixed(" + args
		if strings.Contains(args, "multiplier=") {
			value = "exponential(" + args
		}
		value = strings.ReplaceAll(value, "delay=", "delay_ms=")
	}
	if name, ok := schedules[normal(value)]; ok && name != "fixed" && name != "random" {
		return suggestion{value: name + "(1)", why: "the first wait is missing", note: "with the first wait in parentheses"}
	}
	at := strings.IndexAny(value, "([{:")
	if at > 0 {
		if name, ok := schedules[normal(value[:at])]; ok {
			s := suggestSchedule(name, strings.ReplaceAll(strings.Trim(value[at:], "()[]{}:"), ";", ","))
			if s.why == "" && depth(value) > 0 {
				s.why = "the parenthesis is not closed"
			}
			return s
		}
	}
	if s := ranged(value); s.value != "" {
		return s
	}
	list := strings.ReplaceAll(strings.Trim(value, "[](){},;"), ";", ",")
	var waits []string
	for entry := range strings.SplitSeq(list, ",") {
		if entry != "" {
			waits = append(waits, respell(entry))
		}
	}
	why := ""
	switch {
	case depth(value) != 0:
		why = "a list has both brackets or none"
	case strings.Contains(list, ",,"):
		why = "an entry of the list is empty"
	}
	return suggestion{value: strings.Join(waits, ","), why: why}
}

// scheduleArguments are the arguments of a schedule as other languages write them.
type scheduleArguments struct {
	first, base string
	plain       []string // those without a name
	more, why   string   // options of their own, and what is to be said of them
}

// suggestSchedule reads a schedule as other languages write it.
func suggestSchedule(name, args string) suggestion {
	var a scheduleArguments
	for arg := range strings.SplitSeq(args, ",") {
		if !a.read(arg) {
			return suggestion{}
		}
	}
	if name == "random" {
		return between(a.plain)
	}
	a.settle(name)
	value := ""
	switch {
	case a.first == "" || len(a.plain) > 0 || a.base != "" && name != "exponential":
		return suggestion{}
	case name == "fixed":
		value = a.first
	case a.base != "":
		value = name + "(" + a.first + ",base=" + a.base + ")"
	default:
		value = name + "(" + a.first + ")"
	}
	return suggestion{value: value, more: a.more, why: a.why}
}

// read takes in one argument. It reports whether its name means something.
func (a *scheduleArguments) read(arg string) bool {
	key, value, named := strings.Cut(arg, "=")
	word := strings.TrimSuffix(normal(key), "ms")
	switch {
	case !named:
		a.plain = append(a.plain, respell(arg))
	case bases[word] && (word != "multiplier" || a.first != "" || len(a.plain) > 0):
		a.base = value
	case firsts[word] || bases[word] || foreign[word] == "delay" || word == "delay":
		a.first = withUnit(key, respell(value))
	default:
		o, known := called(key)
		if word == "max" || word == "maximum" || word == "limit" || word == "upper" {
			o, known = find("cap"), true
		}
		if !known {
			return false
		}
		a.why = o.Word() + " is an option of its own"
		a.more = strings.TrimSpace(a.more + " " + o.Name + "=" + respell(value))
	}
	return true
}

// settle takes arguments without names for the first wait and the base.
func (a *scheduleArguments) settle(name string) {
	if a.first == "" && len(a.plain) > 0 {
		a.first, a.plain = a.plain[0], a.plain[1:]
	}
	if len(a.plain) > 0 && a.base == "" && name == "exponential" {
		a.base, a.plain = a.plain[0], a.plain[1:]
		a.why = "the base is named"
	}
	if a.first == "" && a.base != "" {
		a.first, a.why = "1", "the first wait is missing"
	}
}

func suggestJitter(value string) suggestion {
	switch {
	case slices.Contains(namedJitters, value):
		return suggestion{value: value}
	case yes[value], value == "random", value == "uniform", value == "rand":
		return suggestion{value: "full", why: "say how far the waits spread", note: "or jitter=20%"}
	case value == "half":
		return suggestion{value: "equal"}
	}
	if near, ok := Nearest(value, namedJitters); ok {
		return suggestion{value: near}
	}
	number := strings.TrimRight(value, "%")
	percent := number != value
	for _, unit := range []string{"percent", "pct"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, percent = rest, true
		}
	}
	for _, sign := range []string{"±", "+-", "+/-", "-+"} {
		number = strings.TrimPrefix(number, sign)
	}
	if !numeric(number) && strings.Contains(number, ",") {
		return suggestion{}
	}
	number = strings.ReplaceAll(number, ",", ".")
	if strings.HasPrefix(number, ".") {
		number = "0" + number
	}
	if percent {
		return suggestion{value: number + "%"}
	}
	return suggestion{value: number}
}
