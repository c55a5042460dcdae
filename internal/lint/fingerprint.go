package lint

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// mark tells findings apart, whatever the numbers of their lines.
type mark struct {
	file string
	hash string // of the check and the text of the line
}

// fingerprints identify a finding in later versions of its file: by the check and the text of its line, spaces left out. Of
// equal ones in a file the first is 1, the next 2, as in the fingerprints that code scanning computes by itself.
func (s *sarif) fingerprints(f *Finding) map[string]string {
	text, ok := s.line(f.File, f.Line)
	if !ok {
		text = []byte(f.Message)
	}
	sum := sha256.Sum256(append([]byte(f.Check+"\x00"), bytes.Join(bytes.Fields(text), nil)...))
	p := mark{f.File, fmt.Sprintf("%x", sum[:8])}
	s.marks[p]++
	return map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", p.hash, s.marks[p])}
}
