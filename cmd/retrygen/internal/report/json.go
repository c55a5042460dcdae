package report

import (
	"encoding/json"
	"io"
)

// JSON writes the report as one indented object: fields in the order of the types, a newline at the end. It returns an
// error for numbers that JSON does not have, which no forecast holds.
func JSON(w io.Writer, r *Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
