package loop_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

const prelude = `package p

import (
	"context"
	"errors"
	"time"
)

type response struct{ StatusCode int; Next string; Ready bool }

type client struct { max int; delay time.Duration; conns []string; last error }

var errBusy = errors.New("busy")

func work() error { return nil }
func get() (*response, error) { return nil, nil }
func page(string) (*response, error) { return nil, nil }
func on(string) error { return nil }
func ask(ctx context.Context, r *response) error { return nil }
func again(ctx context.Context, r *response) *response { return r }
func status() int { return 0 }
func ready() bool { return false }
func running() bool { return false }
func shouldRetry(r *response, err error) bool { return false }
func isSuccess(r *response) bool { return false }
func log(...any) {}
func prepare() error { return nil }
func request() int { return 0 }
func do(int) error { return nil }
func pauseFor(d time.Duration, n int, done <-chan struct{}) bool { select { case <-time.After(d): return true; case <-done: return false } }
func backOffSleep(n int) { time.Sleep(time.Duration(n)) }
func (c *client) do() error { return nil }
func (c *client) open() { c.last = nil }
func (c *client) rest() { time.Sleep(c.delay); c.delay *= 2 }
func (c *client) limit() int { return c.max }

var _, _, _ = context.Background, time.Now, errors.New

`

var std = importer.Default()

// loops returns the retry loops of code behind the prelude.
func loops(t *testing.T, code string) []*loop.Loop {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", prelude+code, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	pkg, err := (&types.Config{Importer: std}).Check("p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	return loop.New(&analysis.Pass{
		Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info,
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact: func(types.Object, analysis.Fact) {},
	}).Loops
}

// describe says in few words what is known of loops.
func describe(list []*loop.Loop) string {
	var all []string
	for _, l := range list {
		words := []string{syntax.Text(l.Operation)}
		switch b := l.Bound; {
		case b.Attempts > 0:
			words = append(words, fmt.Sprintf("%d times", b.Attempts))
		case b.Known():
			words = append(words, "up to "+syntax.Text(b.Limit))
		}
		for _, w := range l.Waits {
			word := "waits"
			if w.Sleeps {
				word = "sleeps"
			}
			if w.Delay != nil {
				word += " " + syntax.Text(w.Delay)
			}
			if l.WaitsAfterLast(w) {
				word += " after the last"
			}
			words = append(words, word)
		}
		if l.GoesOn {
			words = append(words, "goes on")
		}
		all = append(all, strings.Join(words, ", "))
	}
	return strings.Join(all, "; ")
}

// TestLoops describes what is tried, how often, and what is waited for.
func TestLoops(t *testing.T) {
	for _, test := range []struct{ name, code, want string }{
		{"counted", "for i := 0; i < 3; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), 3 times, sleeps 1 after the last"},
		{"inclusive", "for i := 1; i <= 3; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), 3 times, sleeps 1 after the last"},
		{"range", "for range 3 { if err := work(); err == nil { return nil }; <-time.After(1) }; return errBusy",
			"work(), 3 times, sleeps 1 after the last"},
		{"configured", "for i := 0; i < n; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), up to n, sleeps 1 after the last"},
		{"a limit of none", "for i := 0; i < n || n == 0; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), up to n, sleeps 1 after the last"},
		{"none first", "for i := 0; n == 0 || i < n; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), up to n, sleeps 1 after the last"},
		{"a limit of a method", "for i := 0; i < c.limit(); i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), up to c.limit(), sleeps 1 after the last"},
		{"down", "for left := 3; left > 0; left-- { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy",
			"work(), 3 times, sleeps 1 after the last"},
		{"counts in the body", "i := 0; for i < n { err := work(); if err != nil { i++; time.Sleep(1); continue }; return nil }; return errBusy",
			"work(), up to n, sleeps 1 after the last"},
		{"tests in the body", "for i := 0; ; i++ { err := work(); if err == nil { return nil }; time.Sleep(1); if i >= n { return err } }",
			"work(), up to n, sleeps 1 after the last"},
		{"leaves before", "for i := 0; ; i++ { err := work(); if err == nil { return nil }; if i >= n { return err }; time.Sleep(1) }",
			"work(), up to n, sleeps 1"},
		{"guarded", "for i := 0; i < n; i++ { if err := work(); err == nil { return nil }; if i+1 < n { time.Sleep(1) } }; return errBusy",
			"work(), up to n, sleeps 1"},
		{"guarded by a flag", "for i := range n { last := i == n-1; err := work(); if err == nil || last { return err }; time.Sleep(1) }; return errBusy",
			"work(), up to n, sleeps 1"},
		{"guarded by a case", "for i := 0; i < n; i++ { err := work(); switch { case err == nil: return nil; case i == n-1: return err; default: time.Sleep(1) } }; return errBusy",
			"work(), up to n, sleeps 1"},
		{"waits first", "for i := 0; i < n; i++ { if i > 0 { time.Sleep(1) }; if err := work(); err == nil { return nil } }; return errBusy",
			"work(), up to n, sleeps 1"},
		{"another attempt", "for i := 0; i < n; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return work()",
			"work(), up to n, sleeps 1"},
		{"goes on anyway", "for i := 0; i < n; i++ { if ready() { break }; time.Sleep(1) }; return c.do()",
			"ready(), up to n, sleeps 1"},
		{"an error after the loop", "var err error; for i := 0; i < n; i++ { if err = work(); err == nil { break }; time.Sleep(1) }; if err != nil { return err }; c.do(); return nil",
			"work(), up to n, sleeps 1 after the last"},
		{"nothing after the loop", "for i := 0; i < n; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return nil",
			"work(), up to n, sleeps 1 after the last"},
		{"endless", "for { if err := work(); err == nil { return nil }; time.Sleep(1) }", "work(), sleeps 1"},
		{"a condition", "err := work(); for err != nil { time.Sleep(1); err = work() }; return nil", "work(), sleeps 1"},
		{"else", "for { if err := work(); err != nil { time.Sleep(1) } else { break } }; return nil", "work(), sleeps 1"},
		{"a flag", "done := false; for !done { if err := work(); err == nil { done = true } else { time.Sleep(1) } }; return nil", "work(), sleeps 1"},
		{"a predicate", "for { r, err := get(); if !shouldRetry(r, err) { return err }; time.Sleep(1) }", "get(), sleeps 1"},
		{"a predicate in a variable", "for { r, err := get(); retry := shouldRetry(r, err); if !retry { return err }; time.Sleep(1) }", "get(), sleeps 1"},
		{"success by a predicate", "for { r, err := get(); if err == nil && isSuccess(r) { return nil }; time.Sleep(1) }", "get(), sleeps 1"},
		{"a status", "for { r, err := get(); if err != nil { return err }; if r.StatusCode == 200 { return nil }; time.Sleep(1) }", "get(), sleeps 1"},
		{"a bad status", "for { r, err := get(); if err != nil { return err }; if r.StatusCode >= 500 { time.Sleep(1); continue }; return nil }", "get(), sleeps 1"},
		{"a switch of status", "for { r, err := get(); if err != nil { return err }; switch r.StatusCode { case 429, 503: time.Sleep(1); default: return nil } }",
			"get(), sleeps 1"},
		{"a status alone", "for status() != 200 { time.Sleep(1) }; return nil", "status(), sleeps 1"},
		{"a bool", "for !ready() { time.Sleep(1) }; return nil", "ready(), sleeps 1"},
		{"a field", "for { r, _ := get(); if r.Ready { return nil }; time.Sleep(1) }", "get(), sleeps 1"},
		{"a default", "for { switch err := work(); err { case nil: return nil; default: time.Sleep(1) } }", "work(), sleeps 1"},
		{"a type switch", "for { switch err := work().(type) { case nil: return nil; case *time.ParseError: return err; default: time.Sleep(1) } }", "work(), sleeps 1"},
		{"a kind of error", "for { err := work(); if errors.Is(err, errBusy) { time.Sleep(1); continue }; return err }", "work(), sleeps 1"},
		{"a channel", "for { c := make(chan error, 1); go func() { c <- work() }(); if err := <-c; err == nil { return nil }; time.Sleep(1) }",
			"<-c, sleeps 1"},
		{"a field of state", "for { c.last = c.do(); if c.last == nil { return nil }; c.rest() }", "c.do(), sleeps"},
		{"a helper", "for i := 0; ; i++ { if err := work(); err == nil { return nil }; backOffSleep(i) }", "work(), sleeps"},
		{"a wait in a condition", "var err error; for i := 0; i < n; i++ { if err = prepare(); err != nil { return err }; err = do(request()); if err == nil { return nil }; if !pauseFor(1, i, ctx.Done()) { return ctx.Err() } }; return err",
			"request(), up to n, waits 1 after the last"},
		{"what the round before has left", "r, err := get(); for i := 0; ; i++ { err = ask(ctx, r); if i >= n || err == nil { return err }; if c.max > 0 { r = again(ctx, r) }; select { case <-time.After(1): case <-ctx.Done(): return ctx.Err() } }",
			"ask(ctx, r), up to n, waits 1"},
		{"a closure", "pause := func(d time.Duration) { time.Sleep(d) }; for { if err := work(); err == nil { return nil }; pause(2) }", "work(), sleeps 2"},
		{"goto", "again: if err := work(); err != nil { time.Sleep(1); goto again }; return nil", "work(), sleeps 1"},
		{"goto with a count", "i := 0; retry: err := work(); if err != nil && i < 3 { i++; time.Sleep(1); goto retry }; return err",
			"work(), up to 3, sleeps 1"},
		{"a label", "next: for _, s := range c.conns { for i := 0; i < n; i++ { if err := on(s); err == nil { continue next }; time.Sleep(1) }; return errBusy }; return nil",
			"on(s), up to n, sleeps 1 after the last"},
		{"a whole batch", "again: for { for _, s := range c.conns { if err := on(s); err != nil { time.Sleep(1); continue again } }; return nil }",
			"on(s), sleeps 1"},
		{"a select", "for { if err := work(); err == nil { return nil }; select { case <-ctx.Done(): return ctx.Err(); case <-time.After(1): } }",
			"work(), waits 1"},
		{"a ticker", "for range time.Tick(1) { if err := work(); err == nil { return nil } }; return nil", "work(), sleeps 1"},
		{"a watcher", "for { if err := work(); err != nil { time.Sleep(1); continue }; log() }", "work(), sleeps 1, goes on"},
		{"a delay of failures", "d := time.Second; for { if err := work(); err != nil { d *= 2 } else { d = time.Second }; time.Sleep(d) }",
			"work(), sleeps d, goes on"},
		{"an empty poll", "for { if r, _ := get(); r == nil { time.Sleep(1); continue }; log() }", "get(), sleeps 1, goes on"},
		{"state of a method", "for { c.open(); if c.last == nil { return nil }; time.Sleep(1) }", "c.open(), sleeps 1"},
		{"until stopped", "for { err := work(); if err == nil { return nil }; if running() { return err }; time.Sleep(1) }", "work(), sleeps 1"},
		{"a response after the loop", "_ = func() (r *response, err error) { for range n { r, err = get(); if err == nil && r.Ready { break }; time.Sleep(1) }; return r, nil }; return nil",
			"get(), up to n, sleeps 1 after the last"},
		{"no result after the loop", "_ = func() *response { for range n { if r, _ := get(); r != nil { return r }; time.Sleep(1) }; return nil }; return nil",
			"get(), up to n, sleeps 1 after the last"},
		{"a message after the loop", "_ = func() { for range n { if work() == nil { return }; time.Sleep(1) }; log(`giving up`) }; return nil",
			"work(), up to n, sleeps 1 after the last"},
		{"nothing follows the loop", "_ = func() { for range n { if work() == nil { return }; time.Sleep(1) }; log() }; return nil",
			"work(), up to n, sleeps 1 after the last"},
		{"by name", "for attempt := 0; attempt < 3; attempt++ { if err := work(); err == nil { break } }; return nil", "work(), 3 times"},
		{"delays", "for _, d := range []time.Duration{1, 2} { if err := work(); err == nil { return nil }; time.Sleep(d) }; return errBusy",
			"work(), up to []time.Duration{…}, sleeps d after the last"},

		{"elements", "for i := 0; i < len(c.conns); i++ { if err := on(c.conns[i]); err == nil { break }; time.Sleep(1) }; return nil", ""},
		{"over a list", "for _, s := range c.conns { if err := on(s); err == nil { break }; time.Sleep(1) }; return nil", ""},
		{"an element in a variable", "for i := 0; i < n; i++ { s := c.conns[i%2]; if err := on(s); err == nil { break }; time.Sleep(1) }; return nil", ""},
		{"pages", `next := ""; for { r, err := page(next); if err != nil { return err }; if r.Next == "" { return nil }; next = r.Next; time.Sleep(1) }`, ""},
		{"failure leaves", "for { if err := work(); err != nil { return err }; time.Sleep(1) }", ""},
		{"periodic", "for { if err := work(); err != nil { log(err) }; time.Sleep(1) }", ""},
		{"periodic until done", "for { if err := work(); err != nil { log(err) }; select { case <-ctx.Done(): return nil; case <-time.After(1): } }", ""},
		{"while running", "for running() { log(); time.Sleep(1) }; return nil", ""},
		{"only counts", "for i := 0; i < 3; i++ { if err := work(); err == nil { break } }; return nil", "work(), 3 times"},
		{"is about its number", "for i := 0; i < 3; i++ { println(i); if err := work(); err == nil { break } }; return nil", ""},
		{"jobs", "jobs := make(chan func() error); for job := range jobs { if err := job(); err != nil { time.Sleep(1) } }; return nil", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describe(loops(t, "func f(ctx context.Context, c *client, n int) error {\n"+test.code+"\n}\n")); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestExits says why loops end, in the order of the control flow.
func TestExits(t *testing.T) {
	words := map[loop.Meaning]string{
		loop.Succeeded: "succeeded", loop.Exhausted: "exhausted", loop.Cancelled: "cancelled", loop.Failed: "failed",
	}
	for _, test := range []struct{ name, code, want string }{
		{"counted", "for i := 0; i < n; i++ { if err := work(); err == nil { return nil }; time.Sleep(1) }; return errBusy", "exhausted succeeded"},
		{"endless", "for { if err := work(); err == nil { return nil }; time.Sleep(1) }", "succeeded"},
		{"select", "for { if err := work(); err == nil { return nil }; select { case <-ctx.Done(): return ctx.Err(); case <-time.After(1): } }",
			"succeeded cancelled"},
		{"an ended context", "for ctx.Err() == nil { if err := work(); err == nil { return nil }; time.Sleep(1) }; return ctx.Err()", "cancelled succeeded"},
		{"a kind of error", "for { err := work(); if err == nil { return nil }; if !errors.Is(err, errBusy) { return err }; time.Sleep(1) }",
			"succeeded failed"},
		{"a context's error", "for { err := work(); if err == nil { return nil }; if errors.Is(err, context.Canceled) { return err }; time.Sleep(1) }",
			"succeeded cancelled"},
		{"a predicate", "for { r, err := get(); if !shouldRetry(r, err) { return err }; time.Sleep(1) }", "succeeded"},
		{"stopped", "for { err := work(); if err == nil { return nil }; if running() { return err }; time.Sleep(1) }", "succeeded failed"},
		{"in the body", "for i := 0; ; i++ { err := work(); if err == nil { return nil }; if i >= n { return err }; time.Sleep(1) }",
			"succeeded exhausted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := loops(t, "func f(ctx context.Context, n int) error {\n"+test.code+"\n}\n")
			if len(list) != 1 {
				t.Fatalf("%d loops", len(list))
			}
			var got []string
			for _, e := range list[0].Exits {
				got = append(got, words[e.Meaning])
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got %s, want %s", s, test.want)
			}
		})
	}
}
