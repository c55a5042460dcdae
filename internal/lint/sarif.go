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

// The parts of SARIF 2.1.0 that a report needs (OASIS, Static Analysis Results Interchange Format, section 3).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifMessage `json:"shortDescription"`
		FullDescription  sarifMessage `json:"fullDescription"`
		HelpURI          string       `json:"helpUri"`
		Default          sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Enabled bool   `json:"enabled"`
		Level   string `json:"level"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifBytes   `json:"deletedRegion"`
		Inserted sarifMessage `json:"insertedContent"`
	}
	sarifBytes struct {
		Offset int `json:"byteOffset"`
		Length int `json:"byteLength"`
	}
)

// SARIF writes a report in the Static Analysis Results Interchange Format, version 2.1.0. Files are read below a
// directory, to count columns in characters as the format does.
func SARIF(w io.Writer, findings []Finding, dir string) error {
	report := &sarif{dir: dir, lines: map[string][][]byte{}, indices: map[string]int{}}
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "retrylint", InformationURI: "https://" + module.Path}
	for i, check := range analyzer.Checks() {
		report.indices[check.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: check.ID, ShortDescription: sarifMessage{check.Title}, FullDescription: sarifMessage{check.Why},
			HelpURI: check.URL(), Default: sarifDefault{!check.Optional, "warning"},
		})
	}
	for _, f := range findings {
		run.Results = append(run.Results, report.result(f))
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
}

func (s *sarif) result(f Finding) sarifResult {
	r := sarifResult{
		RuleID: f.Check, RuleIndex: s.indices[f.Check], Level: "warning", Message: sarifMessage{f.Message},
		Locations: []sarifLocation{{Physical: s.physical(f.Place)}},
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
	lines, ok := s.lines[file]
	if !ok {
		name := filepath.FromSlash(file)
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.dir, name)
		}
		if text, err := os.ReadFile(name); err == nil { // of a file that is gone, bytes are the best there is
			lines = bytes.Split(text, []byte("\n"))
		}
		s.lines[file] = lines
	}
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
		return max(column, 1)
	}
	return utf8.RuneCount(lines[line-1][:column-1]) + 1
}
