package configtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	burntsushi "github.com/BurntSushi/toml"
	goccy "github.com/goccy/go-yaml"
	pelletier "github.com/pelletier/go-toml/v2"
	"github.com/retrygen/retrygen/runtime/retry"
	goyaml "go.yaml.in/yaml/v3"
	gopkg "gopkg.in/yaml.v3"
	kubernetes "sigs.k8s.io/yaml"
)

// config is the configuration of a program.
type config struct {
	Name      string                  `json:"name" yaml:"name" toml:"name"`
	Retry     retry.Policy            `json:"retry,omitzero" yaml:"retry,omitempty" toml:"retry,omitempty"`
	Pointer   *retry.Policy           `json:"pointer,omitempty" yaml:"pointer,omitempty" toml:"pointer,omitempty"`
	Overrides map[string]retry.Policy `json:"overrides,omitempty" yaml:"overrides,omitempty" toml:"overrides,omitempty"`
}

// equal reports whether two configurations say the same.
func (c config) equal(d config) bool {
	same := c.Pointer == d.Pointer || c.Pointer != nil && d.Pointer != nil && *c.Pointer == *d.Pointer
	return c.Name == d.Name && c.Retry == d.Retry && same && maps.Equal(c.Overrides, d.Overrides)
}

// format is a library for configuration files.
type format struct {
	name   string
	decode func(text []byte, to any) error
	encode func(from any) ([]byte, error)
	file   string // a mistake may stand for MISTAKE
	keeps  bool   // its errors wrap the *retry.PolicyError
	where  string // what its errors say of the position in the file
}

const (
	yamlFile = `name: shop
retry: retries=4 delay=exponential(2) MISTAKE
pointer: >
  attempts=3
  jitter=+20%
overrides:
  example.com/shop/pricing.FetchPrice: retries=8 cap=1m
`
	jsonFile = `{
	"name": "shop",
	"retry": "retries=4 delay=exponential(2) MISTAKE",
	"pointer": "attempts=3 jitter=+20%",
	"overrides": {"example.com/shop/pricing.FetchPrice": "retries=8 cap=1m"}
}
`
	tomlFile = `name = "shop"
retry = "retries=4 delay=exponential(2) MISTAKE"
pointer = """
attempts=3
jitter=+20%
"""
[overrides]
"example.com/shop/pricing.FetchPrice" = "retries=8 cap=1m"
`
)

var formats = []format{
	{"encoding/json", json.Unmarshal, json.Marshal, jsonFile, true, ""},
	{"go.yaml.in/yaml/v3", goyaml.Unmarshal, goyaml.Marshal, yamlFile, true, ""},
	{"gopkg.in/yaml.v3", gopkg.Unmarshal, gopkg.Marshal, yamlFile, true, ""},
	{"github.com/goccy/go-yaml", goccy.Unmarshal, goccy.Marshal, yamlFile, true, ""},
	{
		"sigs.k8s.io/yaml", func(text []byte, to any) error { return kubernetes.Unmarshal(text, to) }, kubernetes.Marshal, yamlFile, true, "",
	},
	{"github.com/BurntSushi/toml", burntsushi.Unmarshal, burntsushi.Marshal, tomlFile, false, "line 2"},
	{"github.com/pelletier/go-toml/v2", pelletier.Unmarshal, pelletier.Marshal, tomlFile, false, ""},
}

// TestRead reads a file of each format, and reads again what is written.
func TestRead(t *testing.T) {
	pointer := retry.MustParsePolicy("retries=2 jitter=+20%")
	want := config{
		Name: "shop", Retry: retry.MustParsePolicy("retries=4 delay=exponential(2)"), Pointer: &pointer,
		Overrides: map[string]retry.Policy{"example.com/shop/pricing.FetchPrice": retry.MustParsePolicy("retries=8 cap=1m")},
	}
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var got config
			if err := f.decode([]byte(strings.ReplaceAll(f.file, "MISTAKE", "")), &got); err != nil || !got.equal(want) {
				t.Fatalf("read %+v, error %v", got, err)
			}
			text, err := f.encode(got)
			if err != nil || !bytes.Contains(text, []byte("retries=4 delay=exponential(2s)")) {
				t.Fatalf("written, error %v:\n%s", err, text)
			}
			var again config
			if err := f.decode(text, &again); err != nil || !again.equal(want) {
				t.Errorf("read again %+v, error %v:\n%s", again, err, text)
			}
		})
	}
}

// TestEmpty writes a policy that says nothing as no key at all, and reads files without one.
func TestEmpty(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			text, err := f.encode(config{Name: "shop"})
			if err != nil || bytes.Contains(text, []byte("retry")) || bytes.Contains(text, []byte("pointer")) {
				t.Errorf("written, error %v:\n%s", err, text)
			}
			var got config
			if err := f.decode(text, &got); err != nil || !got.equal(config{Name: "shop"}) {
				t.Errorf("read %+v, error %v", got, err)
			}
		})
	}
}

// TestMistake reads a file of each format with a mistake in a policy: the error says where in the policy, and what was
// meant.
func TestMistake(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var got config
			err := f.decode([]byte(strings.ReplaceAll(f.file, "MISTAKE", "cpa=5")), &got)
			if err == nil {
				t.Fatalf("read %+v", got)
			}
			for _, part := range []string{"column 32", `unknown option "cpa": did you mean "cap"?`, f.where} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q:\n%v", part, err)
				}
			}
			if mistake := new(retry.PolicyError); errors.As(err, &mistake) != f.keeps {
				t.Errorf("a *retry.PolicyError is in the error: %t, want %t", !f.keeps, f.keeps)
			}
		})
	}
}
