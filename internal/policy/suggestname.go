package policy

import (
	"go/token"
	"strings"
)

// parentheses says what is wrong with a call where a name is wanted.
const parentheses = "a name stands without parentheses"

// suggestName returns the name in an expression.
func suggestName(value string) suggestion {
	name, why := value, ""
	if before, args, ok := strings.Cut(name, "("); ok {
		if args != ")" && args != "err)" && args != "" {
			return suggestion{} // to leave the arguments out would mean something else
		}
		name, why = before, parentheses
	}
	if rest := strings.TrimLeft(name, "&*"); rest != name {
		name, why = rest, "the name alone is wanted"
	}
	if rest, ok := strings.CutPrefix(name, "!"); ok && token.IsIdentifier(rest) {
		return suggestion{}
	}
	for _, sign := range []string{"::", "->", "#", ":"} {
		if before, after, ok := strings.Cut(name, sign); ok {
			name, why = before+"."+after, "a dot stands before the name"
		}
	}
	if at := strings.LastIndexByte(name, '/'); at >= 0 && !strings.Contains(name[at:], ".") && token.IsExported(name[at+1:]) {
		name, why = name[:at]+"."+name[at+1:], "a dot stands before the name"
	}
	return suggestion{value: name, why: why}
}

// suggestCalled returns the name of a function or method that is called where a number is wanted.
func suggestCalled(o *Option, value string) (suggestion, bool) {
	before, _, _ := strings.Cut(value, "(")
	if o.Kind > Duration || schedules[normal(before)] != "" {
		return suggestion{}, false
	}
	s := suggestName(value)
	if s.why != parentheses || !reads(o.Name+"="+s.value) {
		return suggestion{}, false
	}
	s.why += "; retrygen calls it"
	return s, true
}

// suggestErrors returns the list in an expression about errors.
func suggestErrors(value string) suggestion {
	text := strings.NewReplacer("||", ",", "|", ",", ";", ",", "+", ",").Replace(strings.Trim(value, "[](),"))
	why := ""
	if text != value {
		why = "a list of errors has commas alone"
	}
	var list []string
	for entry := range strings.SplitSeq(text, ",") {
		if strings.HasPrefix(entry, "&") {
			entry, why = "*"+entry[1:], "a type is written as in Go's declarations"
		}
		if at := strings.IndexAny(entry, "{("); at >= 0 {
			entry, why = entry[:at], "errors and types are written by their names"
		}
		entry = strings.TrimRight(entry, ")")
		if entry == "" {
			continue
		}
		star := strings.HasPrefix(entry, "*")
		if !reads("on=" + entry) {
			s := suggestName(entry)
			entry, why = s.value, s.why
			if star {
				entry = "*" + entry
			}
		}
		list = append(list, entry)
	}
	return suggestion{value: strings.Join(list, ","), why: why}
}

// suggestIdentifier returns the identifier in a name.
func suggestIdentifier(value string) suggestion {
	name, _, call := strings.Cut(value, "(")
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		return suggestion{value: name[at+1:], why: "the function is generated in this package"}
	}
	if call {
		return suggestion{value: name, why: "the name alone is wanted"}
	}
	var b strings.Builder
	upper := false
	for _, r := range name {
		if r == '-' || r == ' ' {
			upper = true
			continue
		}
		if upper {
			b.WriteString(strings.ToUpper(string(r)))
		} else {
			b.WriteRune(r)
		}
		upper = false
	}
	return suggestion{value: b.String()}
}
