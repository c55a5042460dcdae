// Package terminal reports where output goes, and what can be printed there.
//
//	out := terminal.Writer(os.Stdout) // ASCII alone, if the terminal shows nothing else
//	colored, err := terminal.Color(out, "auto")
//	fmt.Fprintln(out, terminal.Printable(name)) // a file's name may hold anything
package terminal

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Is reports whether output goes to a terminal that a person looks at.
func Is(w io.Writer) bool {
	file := fileOf(w)
	return file != nil && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// Width returns the columns of the terminal that output goes to, 0 if it goes elsewhere or the terminal does not say.
func Width(w io.Writer) int {
	file := fileOf(w)
	if file == nil {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// fileOf returns the file behind a writer, nil if there is none.
func fileOf(w io.Writer) *os.File {
	switch w := w.(type) {
	case *os.File:
		return w
	case *folding:
		return w.file
	}
	return nil
}

// Color reports whether to colour what is written to w, by the value of a flag: "auto" (on a terminal, unless NO_COLOR is
// set), "always" or "never". Any other value is an error.
func Color(w io.Writer, when string) (bool, error) {
	switch when {
	case "auto":
		return os.Getenv("NO_COLOR") == "" && Is(w), nil
	case "always":
		return true, nil
	case "never":
		return false, nil
	}
	return false, fmt.Errorf("-color=%s: want auto, always or never", when)
}
