package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// fits wants no part of a page to reach beyond its sides.
func fits(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if wide := eval[int](t, ctx, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		t.Errorf("%s is %d pixels too wide", name, wide)
	}
}

// shown are the names of the policies that a page shows, from the top.
func shown(t *testing.T, ctx context.Context) []string {
	t.Helper()
	return eval[[]string](t, ctx, `[...document.querySelectorAll(".policy")].filter(p => !p.hidden).map(p => p.querySelector("b").textContent)`)
}

// TestPage filters, sorts and opens policies, and explains a term where it stands.
func TestPage(t *testing.T) {
	ctx := tab(t, 1280, 1000)
	address := modulePage(t, "-outage", "10", "-clients", "1e6", "-capacity", "5e4", "./examples/...")
	do(t, ctx, chromedp.Navigate(address))
	all := shown(t, ctx)
	if len(all) < 15 || all[0] != "main.page" {
		t.Fatalf("the page shows %q", all)
	}

	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#filter"), "prefect delay=5"))
	if some := shown(t, ctx); len(some) == 0 || len(some) > 5 || some[0] == "main.page" {
		t.Errorf("the filter leaves %q", some)
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`const f = document.querySelector("#filter"); f.value = ""; f.dispatchEvent(new Event("input"))`))
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-kind="nesting"] .act`)))
	if some := shown(t, ctx); len(some) != 2 || some[0] != "main.page" || some[1] != "main.serve" {
		t.Errorf("with retries inside retries there are %q", some)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-kind="nesting"] .act`)))

	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-sort="busiest"] .sort`)))
	orders := eval[[]float64](t, ctx, `[...document.querySelectorAll(".policy")].map(p => +p.dataset.busiest)`)
	for i := 1; i < len(orders); i++ {
		if orders[i] > orders[i-1] {
			t.Errorf("sorted by the busiest 100 ms the page has %v", orders)
			break
		}
	}

	do(t, ctx, chromedp.Click(chromedp.CSS(".card a")))
	until(t, ctx, `document.querySelector(location.hash).checkVisibility()`)
	do(t, ctx, chromedp.Click(chromedp.CSS(`.policy[open] [popovertarget="term-attempt"]`)))
	until(t, ctx, `document.querySelector("#term-attempt").matches(":popover-open")`)
	fits(t, ctx, "the page")
}

// TestPageWithoutScript opens a policy, which needs none.
func TestPageWithoutScript(t *testing.T) {
	ctx := tab(t, 390, 800)
	do(t, ctx, chromedp.Navigate("about:blank"))
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	do(t, ctx, chromedp.Navigate(modulePage(t, "./examples/nesting")), chromedp.Click(chromedp.CSS("summary")))
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	if !eval[bool](t, ctx, `document.querySelector(".policy").open && document.querySelector(".policy article").checkVisibility()`) {
		t.Error("the policy is closed")
	}
	if eval[bool](t, ctx, `document.querySelector(".tools").checkVisibility()`) {
		t.Error("there are tools that do nothing")
	}
	fits(t, ctx, "the page")
}

// TestWidths opens everything on a desk and on a phone, and wants nothing to reach beyond the sides.
func TestWidths(t *testing.T) {
	address := modulePage(t, "-outage", "10", "-clients", "1e6", "-capacity", "5e4", "./examples/...", "./internal/testing/behavior")
	for _, width := range []int64{320, 390, 768, 1280, 1920} {
		ctx := tab(t, width, 900)
		do(t, ctx, chromedp.Navigate(address), chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => d.open = true)`))
		fits(t, ctx, fmt.Sprint("the page on ", width))
	}
}

// TestPictures writes pictures of the pages, to look at.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures")
	}
	if err := os.MkdirAll(*pictures, 0o777); err != nil {
		t.Fatal(err)
	}
	live := serve(t)
	addresses := map[string]string{
		"page": modulePage(t, "-outage", "10", "-clients", "1e6", "-capacity", "5e4", "./examples/..."), "live": live,
		"compared": live + "&compare=retries%3D4+delay%3Dexponential(2)",
	}
	for name, address := range addresses {
		for _, width := range []int64{1280, 390} {
			for _, scheme := range []string{"light", "dark"} {
				ctx := tab(t, width, 900)
				call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
				do(t, ctx, chromedp.Navigate(address))
				eval[*string](t, ctx, `document.querySelector(".policy")?.setAttribute("open", "")`)
				picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				print, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
				if err != nil {
					t.Fatal(err)
				}
				write(t, fmt.Sprintf("%s-%d-%s.png", name, width, scheme), picture)
				write(t, name+".pdf", print)
			}
		}
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(*pictures, name), data, 0o666); err != nil {
		t.Fatal(err)
	}
}
