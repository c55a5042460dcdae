package load

import (
	"bytes"
	"go/build"
	"go/token"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/output"
)

// platform is what a build decides about the files that take part in it.
type platform struct {
	goos, goarch string
	tags         string // sorted, joined by commas
	cgo          bool
	release      release
}

// release says which toolchains' build tags hold: some files are for older or newer toolchains.
type release int

const (
	today release = iota
	before
	after
)

// tags lists the release tags of another time.
func (r release) tags() []string {
	tags := []string{}
	if r == after {
		for n := 1; n < 100; n++ {
			tags = append(tags, "go1."+strconv.Itoa(n))
		}
	}
	return tags
}

// exists reports whether the go command can build for the platform.
func (p platform) exists() bool {
	for _, known := range platforms {
		if known.goos == p.goos && known.goarch == p.goarch {
			return true
		}
	}
	return false
}

// platforms are tried in this order for a file that the present one leaves out, so that every machine checks it
// under the same one.
var platforms = []struct{ goos, goarch string }{
	{"linux", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"},
	{"linux", "arm64"}, {"darwin", "amd64"}, {"windows", "arm64"},
	{"linux", "386"}, {"linux", "arm"}, {"windows", "386"},
	{"freebsd", "amd64"}, {"netbsd", "amd64"}, {"openbsd", "amd64"}, {"dragonfly", "amd64"},
	{"solaris", "amd64"}, {"illumos", "amd64"}, {"aix", "ppc64"}, {"plan9", "amd64"},
	{"android", "arm64"}, {"ios", "arm64"}, {"js", "wasm"}, {"wasip1", "wasm"},
	{"linux", "loong64"}, {"linux", "mips"}, {"linux", "mipsle"}, {"linux", "mips64"}, {"linux", "mips64le"},
	{"linux", "ppc64"}, {"linux", "ppc64le"}, {"linux", "riscv64"}, {"linux", "s390x"},
	{"freebsd", "386"}, {"freebsd", "arm"}, {"freebsd", "arm64"}, {"freebsd", "riscv64"},
	{"netbsd", "386"}, {"netbsd", "arm"}, {"netbsd", "arm64"},
	{"openbsd", "386"}, {"openbsd", "arm"}, {"openbsd", "arm64"}, {"openbsd", "ppc64"}, {"openbsd", "riscv64"},
	{"plan9", "386"}, {"plan9", "arm"}, {"android", "386"}, {"android", "amd64"}, {"android", "arm"}, {"ios", "amd64"},
}

// present returns the platform of the run: what the settings of the go command say, and tags from the flag or GOFLAGS.
func present(tags string, settings []string) platform {
	p := platform{goos: build.Default.GOOS, goarch: build.Default.GOARCH, cgo: build.Default.CgoEnabled}
	fromFlag := tags != ""
	for _, setting := range settings { // a later one wins, as for the go command
		switch name, value, _ := strings.Cut(setting, "="); {
		case value == "":
		case name == "GOOS":
			p.goos = value
		case name == "GOARCH":
			p.goarch = value
		case name == "CGO_ENABLED":
			p.cgo = value == "1"
		case name == "GOFLAGS" && !fromFlag:
			tags = tagsIn(value)
		}
	}
	list := strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(list)
	p.tags = strings.Join(slices.Compact(list), ",")
	return p
}

// tagsIn returns the build tags among the flags of GOFLAGS.
func tagsIn(flags string) string {
	for flag := range strings.FieldsSeq(flags) {
		if tags, ok := strings.CutPrefix(strings.TrimLeft(flag, "-"), "tags="); ok {
			return tags
		}
	}
	return ""
}

// env sets the platform for a go command. Files that need cgo are read, but never compiled, so that no C compiler
// for another platform is asked for.
func (p platform) env(base []string) []string {
	if !p.exists() { // such as zos, which other toolchains build for: any platform's packages will do to check against
		p.goos, p.goarch = platforms[0].goos, platforms[0].goarch
	}
	env := append(slices.Clone(base), "GOOS="+p.goos, "GOARCH="+p.goarch)
	if p.goos != runtime.GOOS || p.goarch != runtime.GOARCH {
		env = append(env, "CGO_ENABLED=0")
	}
	return env
}

// lets reports whether a file takes part in builds for the platform.
func (p platform) lets(dir string, s *Source) bool {
	if ok, known := s.built[p]; known {
		return ok
	}
	if s.built == nil {
		s.built = map[platform]bool{}
	}
	s.built[p] = p.matches(dir, s)
	return s.built[p]
}

func (p platform) matches(dir string, s *Source) bool {
	if s.load(); s.unbound() {
		return p.hasClause(s)
	}
	context := build.Default
	context.GOOS, context.GOARCH, context.CgoEnabled = p.goos, p.goarch, p.cgo
	context.BuildTags = nil
	if p.release != today {
		context.ReleaseTags = p.release.tags()
	}
	if p.tags != "" {
		context.BuildTags = strings.Split(p.tags, ",")
	}
	context.OpenFile = func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(s.Src)), nil
	}
	ok, err := context.MatchFile(dir, s.Name)
	return err == nil && ok && p.hasClause(s)
}

// unbound reports whether neither the name of a source nor a build constraint can keep it out of a build. To ask the go/build
// package takes longer.
func (s *Source) unbound() bool {
	name, _, _ := strings.Cut(s.Name, ".")
	_, suffix := output.Split(name + ".go")
	return strings.TrimSuffix(suffix, "_test") == "" && name != "" && name[0] != '_' && strings.HasSuffix(s.Name, ".go") &&
		!bytes.Contains(s.Src, []byte("go:build")) && !bytes.Contains(s.Src, []byte("+build")) && bytes.IndexByte(s.Src, 0) < 0
}

// hasClause reports whether the package clause and the imports of a source let it into a build: a package named documentation
// is in none, and a file with cgo only where cgo is.
func (p platform) hasClause(s *Source) bool {
	if s.read != nil {
		o := s.outline(token.NewFileSet())
		return o != nil && o.clause != "documentation" && (p.cgo || !o.needsCgo())
	}
	return s.File == nil || s.File.Name.Name != "documentation" && (p.cgo || !usesCgo(s.File))
}

// usual is the platform that decides where the answer depends on the platform.
var usual = platform{goos: platforms[0].goos, goarch: platforms[0].goarch, cgo: true}

// platformFor finds a platform that lets a source in. It prefers the present one, for which the go command has compiled
// most packages already, unless what the directives of the source mean depends on the platform: then every machine has
// to choose the same one.
func (r *Run) platformFor(f *Folder, s *Source) (platform, bool) {
	if r.present.lets(f.Dir, s) && (r.present == usual || !r.varies(f, s)) {
		return r.present, true
	}
	return somePlatform(f.Dir, s)
}

// somePlatform finds a platform that lets a file in, preferring one that the go command knows, then as few tags as
// possible.
func somePlatform(dir string, s *Source) (platform, bool) {
	sets := tagSets(s)
	for p := range usualPlatforms(sets) {
		if p.lets(dir, s) {
			return p, true
		}
	}
	for _, tags := range sets {
		for p := range unusualPlatforms(tags) {
			if p.lets(dir, s) {
				return p, true
			}
		}
	}
	return platform{}, false
}

// usualPlatforms goes through the platforms that the go command knows, with each set of tags, first with cgo.
func usualPlatforms(sets []string) iter.Seq[platform] {
	return func(yield func(platform) bool) {
		for _, when := range []release{today, before, after} {
			for _, tags := range sets {
				for _, cgo := range []bool{true, false} {
					for _, known := range platforms {
						if !yield(platform{known.goos, known.goarch, tags, cgo, when}) {
							return
						}
					}
				}
			}
		}
	}
}

// unusualPlatforms goes through all that file names can speak of, which other toolchains may build for.
func unusualPlatforms(tags string) iter.Seq[platform] {
	return func(yield func(platform) bool) {
		for _, goos := range slices.Sorted(maps.Keys(output.KnownOS)) {
			for _, goarch := range slices.Sorted(maps.Keys(output.KnownArch)) {
				if !yield(platform{goos, goarch, tags, true, today}) {
					return
				}
			}
		}
	}
}

// always reports whether every build that has one file of a package has another one, too.
func always(dir string, other, one *Source) bool {
	if needs := Restriction(other); needs == "" || needs == Restriction(one) {
		return true
	}
	for _, tags := range tagSets(one, other) {
		for _, known := range platforms {
			for variant := range 4 {
				p := platform{known.goos, known.goarch, tags, variant&1 == 0, today}
				if variant&2 != 0 {
					p.release = after
				}
				if p.lets(dir, one) && !p.lets(dir, other) {
					return false
				}
			}
		}
	}
	return true
}

// tagFlag passes tags on to the go command.
func tagFlag(tags string) []string {
	if tags == "" {
		return nil
	}
	return []string{"-tags=" + tags}
}
