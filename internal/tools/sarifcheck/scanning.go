package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// scan is a report as code scanning reads it.
type scan struct {
	Runs []struct {
		Tool struct {
			Driver struct{ Rules []rule }
		}
		Results []result
	}
}

type rule struct {
	ID, Name                          string
	ShortDescription, FullDescription struct{ Text string }
	Help                              struct{ Text, Markdown string }
	DefaultConfiguration              struct{ Level string }
}

type result struct {
	RuleID, Level       string
	RuleIndex           int
	Message             struct{ Text string }
	RelatedLocations    []struct{ ID int }
	PartialFingerprints map[string]string
}

// scannable returns what code scanning misses in a report, or would show wrongly.
func scannable(report []byte) error {
	var s scan
	if err := json.Unmarshal(report, &s); err != nil {
		return err
	}
	var errs []error
	for _, run := range s.Runs {
		for _, r := range run.Tool.Driver.Rules {
			errs = append(errs, r.check())
		}
		for _, r := range run.Results {
			if r.PartialFingerprints["primaryLocationLineHash"] == "" {
				errs = append(errs, fmt.Errorf("%s has no fingerprint: %s", r.RuleID, r.Message.Text))
			}
			if r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
				errs = append(errs, fmt.Errorf("%s: rule %d is another", r.RuleID, r.RuleIndex))
			}
			errs = append(errs, r.links())
		}
	}
	return errors.Join(errs...)
}

// check finds what a rule lacks. The bounds are those of code scanning.
func (r rule) check() error {
	switch {
	case r.Name == "" || len(r.Name) > 255:
		return fmt.Errorf("%s: the name has %d bytes", r.ID, len(r.Name))
	case r.ShortDescription.Text == "" || len(r.ShortDescription.Text) > 1024:
		return fmt.Errorf("%s: the short description has %d bytes", r.ID, len(r.ShortDescription.Text))
	case r.FullDescription.Text == "" || len(r.FullDescription.Text) > 1024:
		return fmt.Errorf("%s: the description has %d bytes", r.ID, len(r.FullDescription.Text))
	case r.Help.Text == "" || r.Help.Markdown == "":
		return fmt.Errorf("%s has no help", r.ID)
	case r.DefaultConfiguration.Level == "":
		return fmt.Errorf("%s has no level", r.ID)
	}
	return nil
}

var link = regexp.MustCompile(`[^\\]\]\((\d+)\)`)

// links finds related places that the message does not link to, and links that lead nowhere.
func (r result) links() error {
	linked := map[int]bool{}
	for _, m := range link.FindAllStringSubmatch(r.Message.Text, -1) {
		id, err := strconv.Atoi(m[1])
		if err != nil {
			return err
		}
		linked[id] = true
	}
	for _, related := range r.RelatedLocations {
		if !linked[related.ID] {
			return fmt.Errorf("%s: nothing links to the related place %d: %s", r.RuleID, related.ID, r.Message.Text)
		}
		delete(linked, related.ID)
	}
	if len(linked) > 0 {
		return fmt.Errorf("%s: links to places that do not exist: %s", r.RuleID, r.Message.Text)
	}
	return nil
}
