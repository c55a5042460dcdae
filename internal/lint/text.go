package lint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// The colours of a terminal: bold, dim, yellow.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// Text writes a line for each finding, file:line:column: identifier: message, and indented ones for related places.
func Text(w io.Writer, findings []Finding, color bool) error {
	paint := func(style, text string) string {
		if !color {
			return text
		}
		return style + text + plain
	}
	out := bufio.NewWriter(w)
	for _, f := range findings {
		fmt.Fprintf(out, "%s: %s: %s\n", paint(bold, f.Place.String()), paint(yellow, f.Check), f.Message)
		for _, r := range f.Related {
			fmt.Fprintf(out, "\t%s\n", paint(dim, r.Place.String()+": "+r.Message))
		}
	}
	return out.Flush()
}

// JSON writes the findings as one array.
func JSON(w io.Writer, findings []Finding) error {
	if findings == nil {
		findings = []Finding{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(findings)
}
