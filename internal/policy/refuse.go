package policy

import "strings"

// oneLine says what is wrong with a line that is to go on.
const oneLine = "a directive ends with its line, and several //retry:task lines above a function are read as one"

// filler says what is wrong with a word that is no option and was not meant as one, "" for any other.
func filler(text string) string {
	switch {
	case isComment(text):
		return "a comment begins with //"
	case text == `\`:
		return oneLine
	case joiners[text]:
		return "options are separated by spaces alone"
	case no[strings.ToLower(text)] && !digits(text), text == "none":
		return "write retries=0, or leave the directive out"
	}
	return ""
}

// joiners are words and signs between options.
var joiners = set("and && & + , ; | || with then plus")

// isComment reports whether a word begins a comment of another language.
func isComment(text string) bool {
	return strings.HasPrefix(text, "#") || strings.HasPrefix(text, "/*") || strings.HasPrefix(text, "<!--") || text == "--" || text == "—"
}

// literalArgument reports whether an option is a call with a string among its arguments.
func literalArgument(text string) bool {
	name, value, _ := strings.Cut(text, "=")
	callee, args, called := strings.Cut(value, "(")
	o := find(name)
	if o == nil || o.Kind == Errors || o.Kind == Constant || !called || schedules[normal(callee)] != "" {
		return false
	}
	_, err := parseName(callee)
	return err == nil && strings.ContainsAny(args, "\"`")
}

// refusal says why a value cannot be meant, "" if there is nothing to say but what its option takes.
func refusal(o *Option, value string) string {
	number, _ := strings.CutPrefix(value, "-")
	switch {
	case value == "":
		return ""
	case o.Kind == Count && strings.Contains(value, ".") && numeric(value):
		return o.Name + " are a whole number" + map[string]string{"retries": ", or unlimited"}[o.Name]
	case o.Name == "attempts" && number != value && digits(number):
		return "the first attempt counts; want 1, 2, …, or retries=unlimited, if there is to be no limit"
	case o.Kind == Count && number != value && digits(number):
		return "a number of retries is never negative; want 0, 1, 2, … or unlimited"
	case (o.Kind == Count || o.Kind == Duration) && strings.Contains(value, "(") && strings.HasSuffix(value, ")"):
		return "what stands for a number is called without arguments; declare a function without parameters"
	case o.Kind == Spread && strings.Contains(value, ",") && !numeric(value):
		return "want one kind of jitter"
	case o.Kind == Errors && digits(value[:1]):
		return "a status is no error; if= takes a function that looks at it"
	case (o.Kind == Duration || o.Kind == Schedule) && number != value && numeric(value):
		return "a duration is never negative; want seconds such as 5 or 2.5, or 250ms, 1m30s"
	case o.Kind == Schedule && strings.ContainsAny(value, "*^+"):
		return "a schedule is not an expression; want exponential(1), linear(1), fibonacci(1) or the name of a function"
	case o.Kind == Constant && strings.ContainsAny(value, "=\""):
		return "want the name of a string constant that holds the options; or write the options here, without " + o.Word()
	case o.Kind == Function && strings.HasPrefix(value, "func("):
		return "want the name of a function; declare it"
	case strings.ContainsAny(value, "$") || strings.Contains(value, "{{"):
		return "want a value; nothing is replaced in a directive"
	case o.Name == "budget" && numeric(value):
		return "want the name of a variable of type *retry.Budget; retry.NewBudget makes one"
	case o.Kind == Variable && (strings.Contains(value, "(") || numeric(value)):
		return "want the name of a variable; declare one that holds this"
	case o.Kind == Function && strings.HasPrefix(value, "!"):
		return "want the name of a function; let it return the opposite"
	case o.Kind == Function && strings.ContainsAny(value, "!=<>&|"):
		return "want the name of a function, not an expression"
	case o.Kind == Function && strings.Contains(value, ",") && !strings.Contains(value, "("):
		return "want one function; let it call the others"
	}
	return ""
}
