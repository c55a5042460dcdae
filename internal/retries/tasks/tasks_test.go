package tasks

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	n := &Names{map[string][]string{
		"example.com/shop/pricing":   {"example.com/shop/pricing.Client.Get", "example.com/shop/pricing.Fetch"},
		"example.com/other/yaml.v3":  {"example.com/other/yaml.v3.Load"},
		"example.com/shop/warehouse": nil,
	}}
	for _, test := range []struct {
		name    string
		matches bool
		beside  string
	}{
		{"example.com/shop/pricing.Fetch", true, "example.com/shop/pricing.Client.Get example.com/shop/pricing.Fetch"},
		{"shop/pricing.Fetch", true, "shop/pricing.Client.Get shop/pricing.Fetch"},
		{"pricing.Client.Get", true, "pricing.Client.Get pricing.Fetch"},
		{"pricing.Get", false, "pricing.Client.Get pricing.Fetch"},
		{"ricing.Fetch", false, ""},
		{"Fetch", false, ""},
		{"yaml.v3.Load", true, "yaml.v3.Load"},
		{"yaml.v3.Store", false, "yaml.v3.Load"},
		{"warehouse.Fetch", false, ""},
		{"elsewhere.Fetch", false, ""},
	} {
		if got := n.Matches(test.name); got != test.matches {
			t.Errorf("Matches(%q) = %t", test.name, got)
		}
		if got := strings.Join(n.Beside(test.name), " "); got != test.beside {
			t.Errorf("Beside(%q) = %s, want %s", test.name, got, test.beside)
		}
	}
}
