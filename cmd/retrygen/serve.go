package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/url"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/serve"
)

// shown is what the page begins with, where the flags say nothing.
var shown = url.Values{"policy": {"retries=4 delay=exponential(2) jitter=3"}, "outage": {"10"}, "clients": {"1e6"}, "capacity": {"5e4"}}

// formOf returns the fields of the page that flags fill.
func formOf(flags *flag.FlagSet) url.Values {
	values := url.Values{}
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "policy", "attempt-time", "outage", "clients", "rate", "capacity", "budget":
			values.Set(f.Name, f.Value.String())
		}
	})
	if len(values) == 0 {
		return shown
	}
	if values.Get("policy") == "" {
		values.Set("policy", shown.Get("policy"))
	}
	return values
}

// serveLive serves the page until ctx is done. A report is that of the packages that were named, nil for none.
func (x *explanation) serveLive(ctx context.Context, r *report.Report) error {
	o := serve.Options{Addr: x.addr, Values: x.values}
	if r != nil {
		for i := range r.Policies {
			r.Policies[i].Try = "/?" + x.tried(r.Policies[i].Text).Encode()
		}
		var page bytes.Buffer
		if err := report.HTML(&page, r); err != nil {
			return err
		}
		o.Home = page.Bytes()
	}
	s, err := serve.Listen(o)
	if err != nil {
		return err
	}
	address := s.URL()
	if r != nil {
		address = s.Home()
	}
	fmt.Fprintln(x.out, address)
	return s.Run(ctx)
}

// tried returns the fields of the page for a policy of a package.
func (x *explanation) tried(policy string) url.Values {
	values := url.Values{}
	for name, list := range x.values {
		values[name] = list
	}
	values.Set("policy", policy)
	return values
}
