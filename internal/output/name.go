package output

import (
	"path/filepath"
	"strings"
)

// Name returns the name of the generated file of a source file: "_retry" comes before what the go command reads in a
// name.
func Name(source string) string {
	stem, suffix := Split(source)
	return stem + "_retry" + suffix + ".go"
}

// SourceOf returns the name of the source file that a generated file belongs to, "" for a name that retrygen does
// not choose.
func SourceOf(name string) string {
	stem, suffix := Split(name)
	stem, ok := strings.CutSuffix(stem, "_retry")
	if source := stem + suffix + ".go"; ok && stem != "" && Name(source) == name {
		return source
	}
	return ""
}

// Split splits a file's name before the part that the go command reads: an operating system, an architecture,
// "test". As there, everything up to the first underscore is only a name.
func Split(name string) (stem, suffix string) {
	stem = strings.TrimSuffix(filepath.Base(name), ".go")
	if rest, ok := strings.CutSuffix(stem, "_test"); ok {
		stem, suffix = rest, "_test"
	}
	cut := func(known map[string]bool) bool {
		at := strings.LastIndexByte(stem, '_')
		if at < 0 || !known[stem[at+1:]] {
			return false
		}
		stem, suffix = stem[:at], stem[at:]+suffix
		return true
	}
	if cut(KnownArch) {
		cut(KnownOS)
	} else {
		cut(KnownOS)
	}
	return stem, suffix
}

// The operating systems and architectures that the go command reads in a file's name.
var (
	KnownOS = set("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris " +
		"wasip1 windows zos")
	KnownArch = set("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le " +
		"ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
