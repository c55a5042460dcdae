// Package cli holds what the commands have in common: they print their version, and suggest a correction for a word that is
// not a command.
//
//	fmt.Println(cli.Version("retrygen")) // retrygen v0.4.0, go1.26.8, linux/amd64
package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

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
