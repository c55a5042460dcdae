package check

import (
	"fmt"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Finding is what a check reports. Its identifier is the check's.
type Finding struct {
	Pos, End  token.Pos // End may be left out
	Message   string
	Fix       *analysis.SuggestedFix // nil for none
	Related   []analysis.RelatedInformation
	Subject   any  // what it is found in, such as a call; see Check.Over
	Generated bool // report it in generated files too

	id string
}

// occurrence tells findings apart.
type occurrence struct {
	id      string
	pos     token.Pos
	message string
}

// claim says that a check has lost a subject to another.
type claim struct {
	id      string
	subject any
}

// Reportf reports a finding without a fix.
func (p *Pass) Reportf(at analysis.Range, format string, args ...any) {
	p.Report(Finding{Pos: at.Pos(), End: at.End(), Message: fmt.Sprintf(format, args...)})
}

// Report reports a finding, unless a check with precedence has claimed its subject, its file is generated, a comment
// silences it, or it has been reported already.
func (p *Pass) Report(f Finding) {
	f.id = p.check.ID
	if f.Subject != nil {
		if p.run.claimed[claim{f.id, f.Subject}] {
			return
		}
		p.Claim(f.Subject)
	}
	if !f.Generated && p.Graph.Generated[p.FileOf(f.Pos)] || p.silences(f) {
		return
	}
	at := occurrence{f.id, f.Pos, f.Message}
	if !p.run.reported[at] {
		p.run.reported[at] = true
		p.run.found = append(p.run.found, f)
	}
}

// Claim keeps the checks that this one has precedence over from reporting a subject. Report claims the subject of its
// finding.
func (p *Pass) Claim(subject any) {
	for _, id := range p.check.over {
		p.run.claimed[claim{id, subject}] = true
	}
}

// diagnostic is the finding as the driver takes it.
func (f *Finding) diagnostic() analysis.Diagnostic {
	d := analysis.Diagnostic{
		Pos: f.Pos, End: f.End, Category: f.id, Message: f.id + ": " + f.Message, Related: f.Related, URL: "#" + strings.ToLower(f.id),
	}
	if f.Fix != nil {
		d.SuggestedFixes = []analysis.SuggestedFix{*f.Fix}
	}
	return d
}

// Replace returns a fix that replaces the text between two positions.
func Replace(message string, pos, end token.Pos, text string) *analysis.SuggestedFix {
	return &analysis.SuggestedFix{Message: message, TextEdits: []analysis.TextEdit{{Pos: pos, End: end, NewText: []byte(text)}}}
}
