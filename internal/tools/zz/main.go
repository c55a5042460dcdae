package main

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	linter "github.com/retrygen/retrygen/internal/lint"
)

func main() {
	re := regexp.MustCompile(os.Args[1])
	for _, dir := range os.Args[2:] {
		var flags []string
		for _, c := range analyzer.Checks() {
			if c.Optional {
				flags = append(flags, "-"+c.Analyzer+"."+c.ID)
			}
		}
		list, err := inProcess(dir, flags)
		if err != nil {
			fmt.Println("ERR", dir, err)
		}
		slices.SortFunc(list, func(a, b linter.Finding) int {
			return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		for _, f := range list {
			if re.MatchString(f.Check) {
				m := f.Message
				if i := strings.IndexByte(m, '\n'); i > 0 {
					m = m[:i]
				}
				fmt.Printf("%s %s:%d:%d %s\n", f.Check, f.File, f.Line, f.Column, m)
			}
		}
	}
}
