// Package cli holds what the commands have in common: they print their version, and suggest a correction for a word that is
// not a command.
//
//	fmt.Println(cli.Version("retrygen")) // retrygen v0.4.0, go1.26.8, linux/amd64
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// Parse parses the flags of a command. As package flag does, it prints what is wrong with them, and the usage; it names the
// flag that a misspelled one may stand for, too.
func Parse(flags *flag.FlagSet, args []string) error {
	out, usage := flags.Output(), flags.Usage
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	flags.SetOutput(out)
	flags.Usage = usage
	if err == nil {
		return nil
	}
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(out, err.Error()+nearest(flags, err.Error()))
	}
	usage()
	return err
}

// nearest returns the rest of a sentence about a flag that is not defined, "" for any other error.
func nearest(flags *flag.FlagSet, message string) string {
	name, unknown := strings.CutPrefix(message, "flag provided but not defined: -")
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	name = strings.TrimLeft(name, "-")
	near, ok := policy.Nearest(name, names)
	if longer := beginning(name, names); !ok && len(longer) == 1 {
		near, ok = longer[0], true
	}
	if ok && unknown {
		return "; did you mean -" + near + "?"
	}
	return ""
}

// beginning returns the names that begin with a word.
func beginning(word string, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, word) })
}

// Version returns the name of a command with the version of its module, of Go, and of the platform, as far as the build
// has recorded them.
func Version(name string) string {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = versionOf(info)
	}
	return fmt.Sprintf("%s %s, %s, %s/%s", name, version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// versionOf returns the version of the main module. Of a build from a checkout it has the revision.
func versionOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := info.Main.Version
	if version != "" && version != "(devel)" {
		return version
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		return "(devel)"
	}
	if settings["vcs.modified"] == "true" {
		revision += ", modified"
	}
	return "(devel), revision " + revision
}

// FlagBehind returns the first argument that looks like a flag, "" if there is none. Behind the first package, the
// arguments are packages.
func FlagBehind(packages []string) string {
	for _, arg := range packages {
		if len(arg) > 1 && arg[0] == '-' {
			return arg
		}
	}
	return ""
}

// Quote quotes an argument for a shell, where it needs that.
func Quote(arg string) string {
	if arg != "" && strings.Trim(arg, plain) == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// plain are the characters that mean nothing to a shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,/:@%+="
