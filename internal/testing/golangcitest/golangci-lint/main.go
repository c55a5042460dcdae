// Golangci-lint is golangci-lint with retrylint in it, as "golangci-lint custom" builds it. The test runs it.
package main

import (
	"fmt"
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"

	_ "github.com/retrygen/retrygen/analyzer/golangci"
)

func main() {
	if err := commands.Execute(commands.BuildInfo{GoVersion: "unknown", Version: "unknown", Commit: "?", Date: ""}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}
