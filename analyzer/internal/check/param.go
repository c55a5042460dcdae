package check

import (
	"flag"
	"time"
)

// Param is a parameter of a check, which a flag of its analyzer sets. It is declared beside the check:
//
//	var most = check.Param[int]{Name: "max-retries", Default: 5, Usage: "the most retries that RL109 accepts"}
//
//	var _ = Checks.Add("RL109", rl109).With(most)
type Param[T int | bool | time.Duration] struct {
	Name    string
	Default T
	Usage   string
}

// parameter is a Param of any type.
type parameter interface{ define(*flag.FlagSet) }

func (param Param[T]) define(flags *flag.FlagSet) {
	switch value := any(param.Default).(type) {
	case bool:
		flags.Bool(param.Name, value, param.Usage)
	case int:
		flags.Int(param.Name, value, param.Usage)
	case time.Duration:
		flags.Duration(param.Name, value, param.Usage)
	}
}

// Of returns the value of the parameter for the analyzer that runs the check.
func (param Param[T]) Of(p *Pass) T {
	return p.Analyzer.Flags.Lookup(param.Name).Value.(flag.Getter).Get().(T)
}
