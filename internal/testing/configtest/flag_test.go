package configtest

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/spf13/pflag"
)

// parsers read a policy from a command line or from the environment, with a default.
var parsers = map[string]func(text string, p *retry.Policy, byDefault retry.Policy) error{
	"flag": func(text string, p *retry.Policy, byDefault retry.Policy) error {
		flags := flag.NewFlagSet("shop", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		flags.TextVar(p, "retry", byDefault, "how prices are fetched")
		return flags.Parse(arguments(text))
	},
	"github.com/spf13/pflag": func(text string, p *retry.Policy, byDefault retry.Policy) error {
		flags := pflag.NewFlagSet("shop", pflag.ContinueOnError)
		flags.SetOutput(io.Discard)
		flags.TextVar(p, "retry", byDefault, "how prices are fetched")
		return flags.Parse(arguments(text))
	},
	"github.com/caarlos0/env/v11": func(text string, p *retry.Policy, byDefault retry.Policy) error {
		config := struct {
			Retry retry.Policy `env:"SHOP_RETRY"`
		}{byDefault}
		environment := map[string]string{}
		if text != "" {
			environment["SHOP_RETRY"] = text
		}
		err := env.ParseWithOptions(&config, env.Options{Environment: environment})
		*p = config.Retry
		return err
	},
}

func arguments(text string) []string {
	if text == "" {
		return nil
	}
	return []string{"--retry", text}
}

func TestParsers(t *testing.T) {
	byDefault := retry.MustParsePolicy("retries=2 delay=1")
	for name, parse := range parsers {
		t.Run(name, func(t *testing.T) {
			var p retry.Policy
			if err := parse("", &p, byDefault); err != nil || p != byDefault {
				t.Errorf("without a value %v, error %v, want the default", p, err)
			}
			err := parse("attempts=9 delay=exponential(250ms)", &p, byDefault)
			if err != nil || p.String() != "retries=8 delay=exponential(250ms)" {
				t.Errorf("%v, error %v", p, err)
			}
			err = parse("attempts=0", &p, byDefault)
			if err == nil || !strings.Contains(err.Error(), "column 1: attempts=0: the first attempt counts; want 1, 2, …") {
				t.Errorf("error %v", err)
			}
		})
	}
}
