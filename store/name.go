package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// The names of run files begin and end with these. The prefix makes names harmless that mean something to an operating
// system, such as "..", "con" and those that begin with a dot.
const (
	prefix = "run-"
	suffix = ".db"
)

// longest is the limit of a file's name in bytes. File systems have 255, and files that are being made have longer names.
const longest = 200

// path returns the path of a run's file.
func (s *Store) path(name string) (string, error) {
	if name == "" {
		return "", errors.New("the name of the run is empty")
	}
	file := fileName(name)
	if len(file) > longest {
		const text = "run %.40q…: the name is too long: the file's name would have %d bytes, and the limit is %d"
		return "", fmt.Errorf(text, name, len(file), longest)
	}
	return filepath.Join(s.dir, file), nil
}

// fileName returns the name of a run's file. Two names never differ by case alone, which some file systems ignore.
func fileName(name string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for i := range len(name) {
		if c := name[i]; plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	b.WriteString(suffix)
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("._-", c) >= 0
}

// runName returns the run of a file's name. It reports false if it is not the name of a run's file.
func runName(file string) (string, bool) {
	text, begins := strings.CutPrefix(file, prefix)
	text, ends := strings.CutSuffix(text, suffix)
	if !begins || !ends {
		return "", false
	}
	var name []byte
	for len(text) > 0 {
		if text[0] != '%' {
			name, text = append(name, text[0]), text[1:]
			continue
		}
		if len(text) < 3 {
			return "", false
		}
		c, err := strconv.ParseUint(text[1:3], 16, 8)
		if err != nil {
			return "", false
		}
		name, text = append(name, byte(c)), text[3:]
	}
	return string(name), len(name) > 0 && fileName(string(name)) == file
}
