package main

import (
	"strings"
	"testing"
)

// TestJudgements reads the list of the repository.
func TestJudgements(t *testing.T) {
	list, err := judgements(judgedText)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[judgement]bool{}
	for _, j := range list {
		key := judgement{Module: j.Module, File: j.File, Line: j.Line}
		if seen[key] {
			t.Errorf("%s %s:%d is listed twice", j.Module, j.File, j.Line)
		}
		if seen[key] = true; j.Why == "" {
			t.Errorf("%s %s:%d has no reason", j.Module, j.File, j.Line)
		}
	}
}

// TestJudge counts what became of loops that have been judged.
func TestJudge(t *testing.T) {
	list, err := judgements(strings.Join([]string{
		"module,file,line,verdict,why",
		"m@v1,a.go,1,equal,same", "m@v1,a.go,2,differs,waits", "m@v1,a.go,3,no,serves", "m@v1,a.go,4,no,serves",
		"other@v1,a.go,1,equal,not tried",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := judge(list, []*row{{Module: "m@v1", Found: Found{Sites: []place{
		{File: "a.go", Line: 1, Kind: "loop", Status: "turned"},
		{File: "a.go", Line: 2, Kind: "loop", Status: "stays"},
		{File: "a.go", Line: 3, Kind: "loop", Status: "differs"},
		{File: "a.go", Line: 5, Kind: "loop", Status: "stays"},
		{File: "a.go", Line: 6, Kind: "avast/retry-go", Status: "turned"},
	}}}})
	want := "Of 4 loops that were read one by one, 2 are retries that a directive can say; 1 of these are turned.\n"
	if got := s.sentence(); got != want {
		t.Errorf("got %s want %s", got, want)
	}
	var out strings.Builder
	s.print(&out)
	want = "left though mechanical: m@v1 a.go:2: waits\n" +
		"turned though not mechanical: m@v1 a.go:3: serves\n" +
		"not judged: a.go:5\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestJudgementsRefuses(t *testing.T) {
	if _, err := judgements("module,file,line,verdict,why\nm@v1,a.go,1,perhaps,so"); err == nil {
		t.Error("a verdict of its own is read")
	}
}
