package main

import (
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/retrygen/retrygen/analyzer"
)

func main() {
	if vetting(os.Args[1:]) {
		unitchecker.Main(analyzer.Analyzers()...)
	}
}

// vetting reports whether the go command runs this program, once for each package.
func vetting(args []string) bool {
	for _, arg := range args {
		if arg == "-flags" || strings.HasPrefix(arg, "-V=") || strings.HasSuffix(arg, ".cfg") {
			return true
		}
	}
	return false
}
