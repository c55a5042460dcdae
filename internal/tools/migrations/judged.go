package main

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// judgedText lists loops that a person has read, found by the command or not, with a verdict:
//
//   - equal: a directive does just the same, and a good engineer would write it
//   - differs: the same, with a difference that a sentence says
//   - no: it is no retry of one operation, or more than a directive can say
//
//go:embed judged.csv
var judgedText string

// judgement is a loop that has been read.
type judgement struct {
	Module, File string
	Line         int
	Verdict, Why string
}

func (j judgement) mechanical() bool { return j.Verdict != "no" }

// judgements reads the list.
func judgements(text string) ([]judgement, error) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	var list []judgement
	for i, record := range records[1:] {
		line, err := strconv.Atoi(record[2])
		if err != nil {
			return nil, fmt.Errorf("judged.csv:%d: %w", i+2, err)
		}
		switch record[3] {
		case "equal", "differs", "no":
		default:
			return nil, fmt.Errorf("judged.csv:%d: the verdict is equal, differs or no, not %s", i+2, record[3])
		}
		list = append(list, judgement{record[0], record[1], line, record[3], record[4]})
	}
	return list, nil
}

// score is what became of loops that have been read.
type score struct {
	read, mechanical, turned int
	wrong                    []judgement // turned, although judged not mechanical
	left                     []judgement // mechanical, and not turned
	unread                   []place     // found, and not judged
}

// judge compares rows with what has been judged of their modules.
func judge(list []judgement, rows []*row) score {
	var s score
	for _, r := range rows {
		turned, known := map[string]bool{}, map[string]bool{}
		for _, p := range r.Sites {
			if loops(p) {
				turned[at(p.File, p.Line)] = p.Status != "stays"
			}
		}
		for _, j := range list {
			if j.Module == r.Module {
				known[at(j.File, j.Line)] = true
				s.add(j, turned[at(j.File, j.Line)])
			}
		}
		for _, p := range r.Sites {
			if loops(p) && !known[at(p.File, p.Line)] {
				s.unread = append(s.unread, p)
			}
		}
	}
	return s
}

func (s *score) add(j judgement, turned bool) {
	s.read++
	switch {
	case j.mechanical() && turned:
		s.mechanical, s.turned = s.mechanical+1, s.turned+1
	case j.mechanical():
		s.mechanical++
		s.left = append(s.left, j)
	case turned:
		s.wrong = append(s.wrong, j)
	}
}

func at(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// sentence says the figure.
func (s score) sentence() string {
	return fmt.Sprintf("Of %d loops that were read one by one, %d are retries that a directive can say; %d of these are turned.\n",
		s.read, s.mechanical, s.turned)
}

// print lists what is not as it has been judged.
func (s score) print(w io.Writer) {
	for _, j := range s.left {
		fmt.Fprintf(w, "left though mechanical: %s %s:%d: %s\n", j.Module, j.File, j.Line, j.Why)
	}
	for _, j := range s.wrong {
		fmt.Fprintf(w, "turned though not mechanical: %s %s:%d: %s\n", j.Module, j.File, j.Line, j.Why)
	}
	for _, p := range s.unread {
		fmt.Fprintf(w, "not judged: %s:%d\n", p.File, p.Line)
	}
}
