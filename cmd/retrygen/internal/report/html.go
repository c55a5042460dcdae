package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
)

//go:embed page
var files embed.FS

// page holds the templates.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"markup":   sentence.markup,
	"clean":    clean,
	"defined":  func(term, words string) template.HTML { return defined(term, template.HTMLEscapeString(words)) },
	"headline": headline,
	"style":    func() template.CSS { return template.CSS(read("chart.css") + read("page.css")) },
	"marks":    func() template.CSS { return template.CSS(read("chart.css")) },
	"script":   func(name string) template.JS { return template.JS(read(name)) },
	"terms":    func() []term { return terms },
	"always":   func() []string { return always },
}).ParseFS(files, "page/*.html"))

// read returns an embedded file.
func read(name string) string {
	text, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is part of the program
	}
	return string(text)
}

// pageLimits keep a page short where schedules are long. Its JSON has the rest.
var pageLimits = limits{attempts: 16, waves: 10, chains: 20}

// pageView is what the page is made from.
type pageView struct {
	*Report
	Policy string // that of the Content-Security-Policy
	Title  string
	Cards  []card
	Rows   []row
	Found  []Finding // all of them
	Outage bool
}

// HTML writes the report as one page that needs nothing else: no script, no style, no font from elsewhere. Its own script
// filters and sorts, and the page works without.
func HTML(w io.Writer, r *Report) error {
	v := pageView{Report: r, Policy: PagePolicy(), Title: title(r), Rows: rows(r), Outage: r.Assumptions.Outage > 0}
	v.Cards = cards(r, v.Rows)
	for i := range r.Policies {
		v.Found = append(v.Found, r.Policies[i].Findings...)
	}
	v.Found = append(v.Found, r.Findings...)
	return execute(w, "page.html", v)
}

// execute writes a template, whole or not at all.
func execute(w io.Writer, name string, view any) error {
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, name, view); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// PagePolicy is the Content-Security-Policy of what [HTML] writes: its own style and its own script, and nothing from elsewhere.
func PagePolicy() string {
	sum := sha256.Sum256([]byte(read("page.js")))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// title is the heading of the page.
func title(r *Report) string {
	if r.Source != nil && r.Source.Module != "" {
		return "Retry policies of " + clean(r.Source.Module)
	}
	if len(r.Policies) == 1 {
		return "What this retry policy does"
	}
	return "What the retry policies do"
}
