package analyzer_test

import (
	"os/exec"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// TestOneFindingPerCall switches RL306 off: what it is about is RL302's and RL305's again. TestCatalogue and TestCases
// show that it is found once where both are on.
func TestOneFindingPerCall(t *testing.T) {
	check, ok := analyzer.LookUp("RL306")
	if !ok {
		t.Fatal("there is no RL306")
	}
	const direct = `package direct

import "context"

//retry:task checkpoint
func Extract(ctx context.Context) error { return nil }

//retry:flow retries=2 delay=1
func Nightly(ctx context.Context) error { return Extract(ctx) }
`
	dir := writeModule(t, []txtar.File{
		{Name: "fresh/a.go", Data: []byte(check.Bad)}, {Name: "direct/a.go", Data: []byte(direct)},
	})
	generate(t, dir)
	tool := buildTool(t)
	for _, run := range []struct{ flag, folder, want string }{
		{"-retrycall.RL306", "fresh", "RL306"}, {"-retrycall.RL306=false", "fresh", "RL302"},
		{"-retrycall.RL306", "direct", "RL306"}, {"-retrycall.RL306=false", "direct", "RL305"},
	} {
		cmd := exec.Command("go", "vet", "-vettool="+tool, "-json", run.flag, "-retrycall.RL305", "./"+run.folder)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if found := decode(t, out, dir); len(found) != 1 || found[0].id != run.want {
			t.Errorf("with %s, %s has %v, want %s alone", run.flag, run.folder, found, run.want)
		}
	}
}
