package browser

import (
	"bufio"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "write pictures of the pages into this `folder`")

// patience is the longest that a browser may take over one test, on a machine with much else to do.
const patience = 3 * time.Minute

// tool builds retrygen, once.
var tool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "retrygen")
	cmd := exec.Command("go", "build", "-o", name, "./cmd/retrygen")
	cmd.Dir = "../../.."
	cmd.Stderr = os.Stderr
	return name, cmd.Run()
})

func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	if name, err := tool(); err == nil && status == 0 {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(status)
}

// tab opens a tab of so many pixels. The test fails if its pages write to the console, as they do where a policy forbids
// something.
func tab(t *testing.T, width, height int64) context.Context {
	t.Helper()
	ctx := quiet(t, width, height)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if !strings.Contains(e.Entry.URL, "favicon.ico") {
				t.Errorf("%s: %s", e.Entry.URL, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			t.Errorf("the page's script fails: %v", e.ExceptionDetails)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call(t, ctx, log.Enable, cdp.Empty{})
	return ctx
}

// quiet opens a tab whose console does not matter.
func quiet(t *testing.T, width, height int64, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	var name string
	for _, known := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(known); err == nil && name == "" {
			name = path
		}
	}
	if name == "" {
		t.Skip("there is no Chromium")
	}
	options = slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{chromedp.ExecPath(name)}, options)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	do(t, ctx, chromedp.EmulateViewport(width, height))
	return ctx
}

// call sends a command to the tab.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	do(t, ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, command, params)
		return err
	}))
}

// do runs actions in a tab.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// eval returns what an expression of the page's language is.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits until an expression is true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(50*time.Millisecond)))
	if err != nil {
		t.Fatalf("%s: %v; the page says\n%s", expression, err, eval[string](t, ctx, "document.body.innerText"))
	}
}

// serve starts retrygen explain -serve and returns the address that it prints.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), name, append([]string{"explain", "-serve", "-addr=127.0.0.1:0"}, args...)...)
	cmd.Dir = "../../.."
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// modulePage writes a page of packages and returns its address.
func modulePage(t *testing.T, args ...string) string {
	t.Helper()
	name, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "page.html")
	cmd := exec.Command(name, append([]string{"explain", "-html", file}, args...)...)
	cmd.Dir = "../../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return "file://" + file
}
