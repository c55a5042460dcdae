package report

import "io"

// HTML writes the report as one page that needs nothing else.
func HTML(w io.Writer, r *Report) error {
	return nil
}
