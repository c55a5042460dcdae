package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/explain"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
)

// pages answers requests.
type pages struct {
	values url.Values
	home   []byte
	turns  chan struct{} // one for each answer that is being computed
	limit  time.Duration // of computing an answer
}

const (
	atOnce  = 2               // answers that are computed at a time; the others wait
	longest = 2 * time.Second // that an answer is computed
)

func (p *pages) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" && len(p.values) > 0 {
			http.Redirect(w, r, "/?"+p.values.Encode(), http.StatusSeeOther)
			return
		}
		p.answer(w, r, report.LivePage)
	})
	mux.HandleFunc("/result", func(w http.ResponseWriter, r *http.Request) { p.answer(w, r, report.LiveResult) })
	if p.home != nil {
		mux.HandleFunc("/packages", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", report.PagePolicy())
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(p.home)
		})
	}
	return mux
}

// answer computes what the fields ask for, and writes it.
func (p *pages) answer(w http.ResponseWriter, r *http.Request, write func(io.Writer, *report.Live) error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-r.Context().Done():
		return // nobody waits any more
	}
	live := p.live(r.Context(), r.URL.Query())
	if r.Context().Err() != nil {
		return
	}
	var page bytes.Buffer
	if err := write(&page, live); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page.Bytes())
}

// live computes the page.
func (p *pages) live(ctx context.Context, q url.Values) *report.Live {
	f := read(q)
	live := &report.Live{Command: strings.Join(f.command, " ")}
	if p.home != nil {
		live.Home = "/packages"
	}
	if !f.wrong() {
		p.explain(ctx, f, live)
	}
	live.Fields = f.fields
	return live
}

// explain explains the policies of a form, at the same time.
func (p *pages) explain(ctx context.Context, f *form, live *report.Live) {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	results, errs := make([]*explain.Result, len(f.policies)), make([]error, len(f.policies))
	var all sync.WaitGroup
	for i, text := range f.policies {
		all.Go(func() { results[i], errs[i] = explain.Run(ctx, explain.Options{Policy: text, Scenario: f.scenario}) })
	}
	all.Wait()
	for i, err := range errs {
		mistake, mistaken := errors.AsType[*explain.MistakeError](err)
		switch {
		case mistaken:
			f.mistaken(i, mistake)
		case errors.Is(err, context.DeadlineExceeded):
			live.Problems = append(live.Problems, fmt.Sprintf("%s takes longer than %v to compute, the limit of this page; "+
				"fewer retries, longer delays or a shorter outage take less, and the command has no such limit", f.policies[i], p.limit))
		case err != nil:
			live.Problems = append(live.Problems, err.Error())
		}
	}
	if f.wrong() || len(live.Problems) > 0 {
		return
	}
	for i, result := range results {
		live.Policies = append(live.Policies, result.Report)
		live.Directive = append(live.Directive, "//retry:task "+f.policies[i])
	}
}
