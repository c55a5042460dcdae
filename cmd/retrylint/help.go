package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/policy"
)

// help lists the checks, or documents some.
func help(ids []string, stdout, stderr io.Writer) int {
	if len(ids) == 0 {
		lint.Index(stdout)
		return fine
	}
	for i, id := range ids {
		check, ok := analyzer.LookUp(id)
		if !ok {
			return complain(stderr, unknownCheck(id))
		}
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		lint.Page(stdout, check)
	}
	return fine
}

// unknownCheck is the error of an identifier that no check has.
func unknownCheck(id string) error {
	digits := strings.NewReplacer("O", "0", "I", "1", "L", "1")
	if upper := strings.ToUpper(id); strings.HasPrefix(upper, "RL") {
		if check, ok := analyzer.LookUp("RL" + digits.Replace(upper[2:])); ok {
			return fmt.Errorf("no check is called %q: did you mean %s?", id, check.ID)
		}
	} else if check, ok := analyzer.LookUp("RL" + id); ok {
		return fmt.Errorf("no check is called %q: did you mean %s?", id, check.ID)
	}
	return fmt.Errorf("no check is called %q; retrylint help lists them", id)
}

var (
	checkPattern = regexp.MustCompile(`^(?i)RL[0-9A-Z]{3}$`)
	wordPattern  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
)

// instead says what to write instead of words that people take for commands.
var instead = map[string]string{
	"lint": "retrylint [packages]", "run": "retrylint [packages]", "check": "retrylint [packages]",
	"vet": "retrylint [packages]", "fix": "retrylint -fix [packages]", "list": "retrylint help", "checks": "retrylint help",
	"explain": "retrylint help [check], or retrygen explain", "generate": "retrygen [packages]",
}

// misspelt says what is meant by packages that are none, nil if the error of the run says it as well.
func misspelt(packages []string, err error) error {
	if len(packages) == 0 {
		return nil
	}
	word := packages[0]
	missing := wordPattern.MatchString(word) && strings.Contains(err.Error(), "package "+word+" is not in std")
	switch near, ok := policy.Nearest(word, []string{"help", "version"}); {
	case missing && checkPattern.MatchString(word):
		if check, ok := analyzer.LookUp(word); ok {
			return fmt.Errorf("%s is a check: retrylint help %[1]s documents it, retrylint -enable %[1]s switches it on", check.ID)
		}
		return unknownCheck(word)
	case missing && instead[word] != "":
		return fmt.Errorf("no command is called %q: write %s", word, instead[word])
	case missing && ok:
		return fmt.Errorf("no command is called %q: did you mean retrylint %s?", word, near)
	case cli.FlagBehind(packages) != "":
		return fmt.Errorf("flags stand before packages: retrylint %s %s", cli.FlagBehind(packages), word)
	}
	return nil
}
