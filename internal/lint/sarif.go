package lint

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/internal/module"
)

// SARIF writes a report in the Static Analysis Results Interchange Format, version 2.1.0. Files are read below a
// directory, to count columns in characters as the format does.
func SARIF(w io.Writer, findings []Finding, dir string) error {
	report := &sarif{dir: dir, lines: map[string][][]byte{}, indices: map[string]int{}, marks: map[mark]int{}}
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "retrylint", InformationURI: "https://" + module.Path}
	for i, check := range analyzer.Checks() {
		report.indices[check.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(check))
	}
	for i := range findings {
		run.Results = append(run.Results, report.result(&findings[i], run.Tool.Driver.Rules))
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarif is the state of a report that is being written.
type sarif struct {
	dir     string
	lines   map[string][][]byte // of files, as far as they have been asked for
	indices map[string]int      // of rules
	marks   map[mark]int        // how often each has been seen
}

func (s *sarif) result(f *Finding, rules []sarifRule) sarifResult {
	index := s.indices[f.Check]
	r := sarifResult{
		RuleID: f.Check, RuleIndex: index, Level: rules[index].Default.Level, Message: sarifMessage{linked(f.Message, f.Related)},
		Locations: []sarifLocation{{Physical: s.physical(f.Place)}}, Fingerprints: s.fingerprints(f),
	}
	for i, related := range f.Related {
		r.Related = append(r.Related, sarifLocation{ID: i + 1, Physical: s.physical(related.Place), Message: &sarifMessage{related.Message}})
	}
	for _, fix := range f.Fixes {
		r.Fixes = append(r.Fixes, sarifFixOf(fix))
	}
	return r
}

// sarifFixOf groups the edits of a fix by file.
func sarifFixOf(fix Fix) sarifFix {
	out := sarifFix{Description: sarifMessage{fix.Message}}
	at := map[string]int{}
	for _, e := range fix.Edits {
		i, ok := at[e.File]
		if !ok {
			i = len(out.Changes)
			at[e.File] = i
			out.Changes = append(out.Changes, sarifChange{Artifact: artifact(e.File)})
		}
		replacement := sarifReplacement{sarifBytes{e.Start, e.End - e.Start}, sarifMessage{e.New}}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, replacement)
	}
	return out
}

// artifact names a file: relative to the root of the source, or by an absolute URI.
func artifact(file string) sarifArtifact {
	if filepath.IsAbs(filepath.FromSlash(file)) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: file}).String(), Base: "%SRCROOT%"}
}

func (s *sarif) physical(p Place) sarifPhysical {
	return sarifPhysical{artifact(p.File), sarifRegion{
		StartLine: p.Line, StartColumn: s.characters(p.File, p.Line, p.Column),
		EndLine: p.EndLine, EndColumn: s.characters(p.File, p.EndLine, p.EndColumn),
	}}
}

// characters turns a column in bytes into one in characters.
func (s *sarif) characters(file string, line, column int) int {
	text, ok := s.line(file, line)
	if !ok || column < 1 || column > len(text)+1 {
		return max(column, 1)
	}
	return utf8.RuneCount(text[:column-1]) + 1
}

// line returns a line of a file, counted from 1. Of a file that is gone there is none.
func (s *sarif) line(file string, line int) (text []byte, ok bool) {
	lines, known := s.lines[file]
	if !known {
		name := filepath.FromSlash(file)
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.dir, name)
		}
		if text, err := os.ReadFile(name); err == nil {
			lines = bytes.Split(text, []byte("\n"))
		}
		s.lines[file] = lines
	}
	if line < 1 || line > len(lines) {
		return nil, false
	}
	return lines[line-1], true
}
