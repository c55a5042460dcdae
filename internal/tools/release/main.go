// Release prepares the modules of this repository for a release, and changes the path that they have in common:
//
//	go run ./internal/tools/release modules            # lists the modules that users install, each after those it requires
//	go run ./internal/tools/release changelog v0.3.0   # closes the section of CHANGELOG.md that says what is new
//	go run ./internal/tools/release version v0.3.0     # writes that version into their go.mod and go.sum files
//	go run ./internal/tools/release tag v0.3.0         # tags the commit of the release, once for each module
//	go run ./internal/tools/release proxy v0.3.0 DIR   # also packs them into a folder that serves as GOPROXY=file://DIR
//	go run ./internal/tools/release path example.org/x # changes the path of all modules
//
// On the main branch the modules find each other by replace directives. A module with these can be required, but not
// installed by name and version, so a release is a commit of its own, beside the branch:
//
//	go run ./internal/tools/release changelog v0.3.0 && git commit -am "Changes of v0.3.0"
//	git switch --detach
//	go run ./internal/tools/release version v0.3.0 && git commit -am v0.3.0
//	go run ./internal/tools/release tag v0.3.0
//	git push --tags && git switch -
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	usage := errors.New("usage: release modules | changelog VERSION | version VERSION | tag VERSION | proxy VERSION DIR | path PATH")
	if len(args) == 0 {
		return usage
	}
	modules, err := find(".")
	if err != nil {
		return err
	}
	switch command := args[0] + "/" + strconv.Itoa(len(args)-1); command {
	case "modules/0":
		print(modules, func(m *goModule) string { return m.path })
		return nil
	case "changelog/1":
		return closeChangelog("CHANGELOG.md", args[1], time.Now())
	case "version/1":
		return setVersion(modules, args[1])
	case "tag/1":
		return tagAll(".", modules, args[1])
	case "proxy/2":
		if err := setVersion(modules, args[1]); err != nil {
			return err
		}
		return publish(modules, args[1], args[2])
	case "path/1":
		return setPath(".", modules, args[1])
	}
	return usage
}

// print prints a line for each module that users install.
func print(modules []*goModule, line func(*goModule) string) {
	for _, m := range modules {
		if m.released {
			fmt.Println(line(m))
		}
	}
}
