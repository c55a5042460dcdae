package load

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/build/constraint"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/output"
)

// Constraint returns the build constraint of the file that is generated for a source: the source's own, with cgo where
// the source needs it, and "" if there is none.
func Constraint(s *Source) string {
	expr := buildConstraint(s.Src)
	switch {
	case expr != nil && usesCgo(s.File):
		return "cgo && (" + expr.String() + ")"
	case expr != nil:
		return expr.String()
	case usesCgo(s.File):
		return "cgo"
	}
	return ""
}

// Restriction returns a text for the builds that a file takes part in: two files with the same text are always built
// together. It is "" for a file that every build has.
func Restriction(s *Source) string {
	// The go command reads a name up to the first dot.
	name, _, _ := strings.Cut(s.Name, ".")
	_, suffix := output.Split(name + ".go")
	text := strings.TrimSuffix(suffix, "_test")
	if expr := buildConstraint(s.Src); expr != nil {
		text += " " + expr.String()
	}
	if usesCgo(s.File) {
		text += " cgo"
	}
	return text
}

// usesCgo reports whether a file imports "C", which leaves it out of builds without cgo.
func usesCgo(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		path, err := strconv.Unquote(spec.Path.Value)
		return err == nil && path == "C"
	})
}

// buildConstraint reads the constraint of a file as the go command does, nil if it has none: a //go:build line above
// the package clause wherever line comments may stand, or else all lines with +build that only line comments and blank
// lines precede and that a blank line follows.
func buildConstraint(src []byte) constraint.Expr {
	goBuild, plusBuild := constraintLines(src)
	if goBuild != "" {
		expr, err := constraint.Parse(goBuild)
		if err != nil {
			return nil // no build has the file
		}
		return expr
	}
	var all constraint.Expr
	for _, line := range plusBuild {
		expr, err := constraint.Parse(line)
		switch {
		case err != nil: // the go command passes over it
		case all == nil:
			all = expr
		default:
			all = &constraint.AndExpr{X: all, Y: expr}
		}
	}
	return all
}

// constraintLines finds the lines above the package clause that are constraints.
func constraintLines(src []byte) (goBuild string, plusBuild []string) {
	var waiting []string // old constraints that wait for a blank line
	onlyLines := true    // there have been only line comments and blank lines
	inBlock := false     // the line begins inside a block comment
	for line := range bytes.Lines(bytes.TrimPrefix(src, []byte("\ufeff"))) {
		text := strings.TrimSpace(string(line))
		if text == "" && onlyLines {
			plusBuild, waiting = append(plusBuild, waiting...), nil
			continue
		}
		onlyLines = onlyLines && strings.HasPrefix(text, "//")
		if !inBlock && goBuild == "" && constraint.IsGoBuild(text) {
			goBuild = text
		}
		if onlyLines && constraint.IsPlusBuild(text) {
			waiting = append(waiting, text)
		}
		var comment bool
		if inBlock, comment = skipComments(text, inBlock); !comment {
			break
		}
	}
	return goBuild, plusBuild
}

// skipComments reports whether a line ends inside a block comment, and whether it holds comments alone.
func skipComments(line string, inBlock bool) (block, only bool) {
	for line != "" {
		if inBlock {
			_, after, ends := strings.Cut(line, "*/")
			if !ends {
				return true, true
			}
			line, inBlock = strings.TrimSpace(after), false
			continue
		}
		switch {
		case strings.HasPrefix(line, "//"):
			return false, true
		case strings.HasPrefix(line, "/*"):
			line, inBlock = line[len("/*"):], true
		default:
			return false, false
		}
	}
	return inBlock, true
}

// tagSets lists the sets of the tags in the constraints of files, smaller ones first.
func tagSets(files ...*Source) []string {
	names := map[string]bool{}
	for _, s := range files {
		if expr := buildConstraint(s.Src); expr != nil {
			expr.Eval(func(tag string) bool { names[tag] = true; return true })
			expr.Eval(func(tag string) bool { names[tag] = true; return false })
		}
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool { return knownTag(name) })
	sorted := slices.Sorted(maps.Keys(names))
	const most = 8 // a constraint over more tags than that is not met by trial
	if len(sorted) > most {
		sorted = sorted[:most]
	}
	var sets []string
	for bits := range 1 << len(sorted) {
		var set []string
		for i, name := range sorted {
			if bits&(1<<i) != 0 {
				set = append(set, name)
			}
		}
		sets = append(sets, strings.Join(set, ","))
	}
	slices.SortStableFunc(sets, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return sets
}

// knownTag reports whether a tag is decided by the platform or the toolchain, not by -tags.
func knownTag(tag string) bool {
	return output.KnownOS[tag] || output.KnownArch[tag] || tag == "unix" || tag == "cgo" || tag == "gc" || tag == "gccgo" ||
		strings.HasPrefix(tag, "go1.")
}
