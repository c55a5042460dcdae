// Package terminal reports where output goes, and what can be printed there.
//
//	colored, err := terminal.Color(os.Stdout, "auto")
//	fmt.Println(terminal.Printable(name)) // a file's name may hold anything
package terminal

import (
	"fmt"
	"io"
	"os"
)

// Is reports whether output goes to a terminal that a person looks at.
func Is(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
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
