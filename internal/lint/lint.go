// Package lint runs the checks of package analyzer by go vet, which caches results, and shows what they
// find as text, JSON or SARIF:
//
//	findings, err := lint.Run(ctx, lint.Options{Tool: tool, Patterns: []string{"./..."}})
//	if err != nil {
//		return err // packages that cannot be listed, or that do not build; what was found elsewhere is there all the same
//	}
//	return lint.Text(os.Stdout, findings, color)
package lint

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Options say what a run works on.
type Options struct {
	Tool     string   // path of a vet tool with the analyzers
	Dir      string   // to run in; "" is the current one
	Env      []string // of the go command; nil means the process's own
	Flags    []string // for go vet: tags, and the flags of analyzers
	Patterns []string // packages, as for the go command; none means "."
}

// Place is a stretch of a file. Lines and columns count from 1, columns in bytes; the end is the position of the last byte and
// one, or the start if the end is not known.
type Place struct {
	File      string `json:"file"` // relative to the directory of the run, with slashes, where that is above it
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

// String returns file:line:column.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Finding is what a check has found.
type Finding struct {
	Check string `json:"check"` // "RL301"
	Place
	Message string    `json:"message"` // without the identifier
	Related []Related `json:"related,omitempty"`
	Fixes   []Fix     `json:"fixes,omitempty"`
}

// Related is another place that a finding is about.
type Related struct {
	Place
	Message string `json:"message"`
}

// Fix is a change that settles a finding.
type Fix struct {
	Message string `json:"message"`
	Edits   []Edit `json:"edits"`
}

// Edit replaces the bytes from Start to End, which count from 0.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Vetting reports whether the go command runs a program as its vet tool, once for each package. The arguments say so, and
// are then for unitchecker.Main to read.
func Vetting(args []string) bool {
	for _, arg := range args {
		if arg == "-flags" || strings.HasPrefix(arg, "-V=") || strings.HasSuffix(arg, ".cfg") {
			return true
		}
	}
	return false
}

// Failure is the error of a run in which packages could not be listed or do not build.
type Failure struct {
	Err    error  // of the command
	Output string // what go vet printed about it: a line "# path" for each package, then its errors
}

// Error returns both.
func (f *Failure) Error() string { return fmt.Sprintf("go vet: %v\n%s", f.Err, f.Output) }

// Unwrap returns the error of the command.
func (f *Failure) Unwrap() error { return f.Err }

// Run returns what the checks find, sorted by place. A [Failure] says that packages cannot be listed or do not build; the
// findings of the others come with it. Packages that do not build because wrappers have not been generated have a finding
// instead, for each use of such a wrapper.
func Run(ctx context.Context, o Options) ([]Finding, error) {
	cmd := Command(ctx, o, "-json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	findings, err := decode(stdout.Bytes(), dir)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("reading what go vet says: %w\n%s", err, stderr.Bytes())
	case failed == nil:
		return findings, nil
	}
	more, whole := waiting(ctx, o, stderr.String(), dir)
	findings = sorted(append(findings, more...))
	if whole {
		return findings, nil
	}
	return findings, &Failure{failed, inStd.ReplaceAllString(strings.TrimSpace(stderr.String()), "is not in std")}
}

// inStd finds where the go command has looked for a package of the standard library, which differs between machines.
var inStd = regexp.MustCompile(`is not in std \([^)]*\)`)

// Command is the go vet command of a run, with more flags of its own.
func Command(ctx context.Context, o Options, flags ...string) *exec.Cmd {
	args := slices.Concat([]string{"vet", "-vettool=" + o.Tool}, flags, o.Flags, o.Patterns)
	if len(o.Patterns) == 0 {
		args = append(args, ".")
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = o.Dir, o.Env
	return cmd
}

// vetFinding is a diagnostic as go vet prints it.
type vetFinding struct {
	Category, Posn, End, Message string
	Related                      []struct{ Posn, End, Message string }
	SuggestedFixes               []struct {
		Message string
		Edits   []struct {
			Filename   string
			Start, End int
			New        string
		}
	} `json:"suggested_fixes"`
}

// decode reads the stream of objects that go vet -json prints: by package, then by analyzer.
func decode(out []byte, dir string) ([]Finding, error) {
	var list []Finding
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var unit map[string]map[string]json.RawMessage
		if err := decoder.Decode(&unit); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		for _, byAnalyzer := range unit {
			for name, raw := range byAnalyzer {
				var found []vetFinding
				if err := json.Unmarshal(raw, &found); err != nil {
					return nil, fmt.Errorf("%s: %s", name, raw)
				}
				for _, f := range found {
					list = append(list, f.finding(dir))
				}
			}
		}
	}
	return sorted(list), nil
}

// sorted returns every finding once, in the order of the source.
func sorted(list []Finding) []Finding {
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message),
		)
	})
	// A file of a package and of its tests' variant is looked at twice.
	return slices.CompactFunc(list, func(a, b Finding) bool { return a.Place == b.Place && a.Message == b.Message })
}

func (v vetFinding) finding(dir string) Finding {
	f := Finding{Check: v.Category, Place: place(dir, v.Posn, v.End), Message: strings.TrimPrefix(v.Message, v.Category+": ")}
	for _, r := range v.Related {
		f.Related = append(f.Related, Related{place(dir, r.Posn, r.End), r.Message})
	}
	for _, s := range v.SuggestedFixes {
		fix := Fix{Message: s.Message}
		for _, e := range s.Edits {
			fix.Edits = append(fix.Edits, Edit{Relative(dir, e.Filename), e.Start, e.End, e.New})
		}
		f.Fixes = append(f.Fixes, fix)
	}
	return f
}

// place reads "file:line:column" twice.
func place(dir, begin, end string) Place {
	file, line, column := split(begin)
	p := Place{File: Relative(dir, file), Line: line, Column: column, EndLine: line, EndColumn: column}
	if _, line, column := split(end); line > 0 {
		p.EndLine, p.EndColumn = line, column
	}
	return p
}

// split cuts a position into its parts; a number that is missing is 0.
func split(posn string) (file string, line, column int) {
	file = posn
	var numbers []int
	for len(numbers) < 2 {
		at := strings.LastIndexByte(file, ':')
		if at < 0 {
			break
		}
		n, err := strconv.Atoi(file[at+1:])
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		file = file[:at]
	}
	switch len(numbers) {
	case 2:
		return file, numbers[1], numbers[0]
	case 1:
		return file, numbers[0], 1
	}
	return file, 0, 0
}

// Relative shortens the name of a file below a directory, and writes it with slashes.
func Relative(dir, file string) string {
	if !filepath.IsAbs(file) {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil || strings.HasPrefix(rel, ".."+string(os.PathSeparator)) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}
