package report

import "io"

// TextOptions say how text is written. The zero value is 80 columns without colour.
type TextOptions struct {
	Color bool // bold, dim and yellow, as a terminal shows them
	Width int  // columns; 0 for 80, never less than 60
}

// Text writes the report for a terminal or a file.
func Text(w io.Writer, r *Report, o TextOptions) error {
	return nil
}
