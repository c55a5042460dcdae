package analyzer_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "accept the findings of the cases as they are")

// TestMain lets -run name a check: RL405 and RL405/case are short for TestCases/RL405 and TestCases/RL405/case.
func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run").Value; strings.HasPrefix(run.String(), "RL") {
		if err := run.Set("^TestCases$/" + run.String()); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
