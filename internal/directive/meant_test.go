package directive

import (
	"go/parser"
	"go/token"
	"testing"
)

// TestMeant checks which comments above a function are taken for directives that were meant, by the bytes and by the syntax.
func TestMeant(t *testing.T) {
	for _, test := range []struct{ comment, right string }{
		{"// retry:task retries=1", "//retry:task retries=1"},
		{"//  retry: task retries=1", "//retry:task retries=1"},
		{"//Retry:Task retries=1", "//retry:task retries=1"},
		{"//retry :task retries=1", "//retry:task retries=1"},
		{"/// retry:task retries=1", "//retry:task retries=1"},
		{"//retrygen:task retries=1", "//retry:task retries=1"},
		{"//go:retry:flow retries=1", "//retry:flow retries=1"},
		{"//+retry:task retries=1", "//retry:task retries=1"},
		{"//@retry:task retries=1", "//retry:task retries=1"},
		{"//retry.task retries=1", "//retry:task retries=1"},
		{"//retry-task retries=1", "//retry:task retries=1"},
		{"//retry task retries=1", "//retry:task retries=1"},
		{"//retry task: retries=1", "//retry:task retries=1"},
		{"/* retry:task retries=1 */", "//retry:task retries=1"},
		{"//retry retries=1", "//retry:task retries=1"},
		{"//go:retry retries=1", "//retry:task retries=1"},
		{"//retry: retries=1", "//retry:task retries=1"},
		{"// retrygen retries=1", "//retry:task retries=1"},
		{"// retry:task", "//retry:task"},
		{"// retry:policy", "//retry:policy"},
		{"// retry:default task retries=1", "//retry:default task retries=1"},
		{"// retry:ignore RL301 it is cheap", "//retry:ignore RL301 it is cheap"},
		{"//retry:task retries=1", ""},
		{"// retry:policy says how often", ""},
		{"// retry task after task", ""},
		{"// retry task", ""},
		{"// retry: default is three", ""},
		{"// retry:ignore what comes", ""},
		{"// retries=1", ""},
		{"// retry", ""},
		{"//\tretry: retries=1 delay=1", ""}, // a line of a configuration in a doc comment
		{"// retry: the server may be busy", ""},
		{"// retry n=3 times", ""},
		{"// It is retry:task retries=1 that counts", ""},
		{"/*\nretry:task retries=1\n*/", ""},
	} {
		t.Run(test.comment, func(t *testing.T) {
			source := "package a\n\n" + test.comment + "\nfunc F() {}\n"
			file, err := parser.ParseFile(token.NewFileSet(), "a.go", source, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			right := ""
			for _, meant := range AllMeant(file) {
				right += meant.Right
			}
			if right != test.right {
				t.Errorf("meant %q, want %q", right, test.right)
			}
			if right != "" && !MayBeMeant([]byte(source)) {
				t.Error("the cheap look does not see it")
			}
		})
	}
}
