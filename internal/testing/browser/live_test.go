package browser

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// TestLive types a policy, compares it with another, copies the directive and opens the link again.
func TestLive(t *testing.T) {
	ctx := tab(t, 1280, 1000)
	address := serve(t)
	do(t, ctx, chromedp.Navigate(address))
	until(t, ctx, `document.querySelector(".tiles").innerText.includes("7.58s")`)

	retype(t, ctx, "#policy", "retries=2 delay=1")
	until(t, ctx, `document.querySelector("#result").innerText.includes("At most 3 attempts")`)
	retype(t, ctx, "#outage", "30")
	until(t, ctx, `document.querySelector("#result").innerText.includes("of 30s: every attempt fails")`)
	for _, part := range []string{"Timeline", "When attempts fail", "Herd", "Outage", "no jitter"} {
		if !strings.Contains(eval[string](t, ctx, "document.body.innerText"), part) {
			t.Errorf("the page does not show %s", part)
		}
	}

	do(t, ctx, chromedp.Click(chromedp.CSS("#pair")))
	until(t, ctx, `document.querySelectorAll(".compared tbody tr").length > 5`)
	retype(t, ctx, "#compare", "retries=2 delay=1 jitter=1")
	until(t, ctx, `document.querySelectorAll(".copied code")[1].innerText.endsWith("jitter=1")`)
	ends := eval[[]string](t, ctx, `[...document.querySelectorAll(".pair svg.chart")].filter(s => s.ariaLabel.startsWith("When each attempt"))`+
		`.map(s => [...s.querySelectorAll("text.tick")].at(-2).textContent)`)
	if len(ends) != 2 || ends[0] != ends[1] {
		t.Errorf("the two timelines end at %q", ends)
	}

	origin := address[:strings.Index(address, "/?")]
	_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted, Origin: origin,
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-copy="//retry:task retries=2 delay=1 jitter=1"]`)))
	until(t, ctx, `[...document.querySelectorAll(".copied .act")].some(b => b.textContent === "copied")`)

	link, before := eval[string](t, ctx, "location.href"), eval[string](t, ctx, `document.querySelector("#result").innerText`)
	q, err := url.Parse(link)
	if err != nil || q.Query().Get("outage") != "30" || q.Query().Get("compare") != "retries=2 delay=1 jitter=1" {
		t.Errorf("the link is %s", link)
	}
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(link))
	after := eval[string](t, ctx, `document.querySelector("#result").innerText`)
	if strings.ReplaceAll(before, "copied", "copy") != after {
		t.Errorf("the link shows\n%s\nand not\n%s", after, before)
	}
}

// TestLiveMistakes marks a field with a mistake, and takes the mark away.
func TestLiveMistakes(t *testing.T) {
	ctx := tab(t, 390, 800)
	do(t, ctx, chromedp.Navigate(serve(t, "-policy", "retries=2 delay=1")))
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#policy"), " jiter=1"))
	until(t, ctx, `document.querySelector("#policy").ariaInvalid === "true" && document.querySelector("#result").innerText.includes("did you mean")`)
	retype(t, ctx, "#policy", "retries=2 delay=1 jitter=1")
	until(t, ctx, `document.querySelector("#policy").ariaInvalid === null && document.querySelector(".tiles") !== null`)
	fits(t, ctx, "live")
}

// TestRebinding asks by a name of another site that leads to this machine.
func TestRebinding(t *testing.T) {
	address, err := url.Parse(serve(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx := quiet(t, 800, 600, chromedp.Flag("host-resolver-rules", "MAP evil.test 127.0.0.1"))
	chromedp.Run(ctx, chromedp.Navigate("http://evil.test:"+address.Port()+"/")) // it fails, as it should
	text := eval[string](t, ctx, "document.documentElement.innerText")
	if strings.Contains(text, "attempts") || !strings.Contains(text, "this server answers as") {
		t.Errorf("another site sees %q", text)
	}
}

// retype types something into a field instead of what is there.
func retype(t *testing.T, ctx context.Context, field, text string) {
	t.Helper()
	eval[string](t, ctx, `document.querySelector("`+field+`").value = ""`)
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(field), text))
}
