package golangci_test

import (
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	_ "github.com/retrygen/retrygen/analyzer/golangci"
)

// TestPlugin asks for the plugin as golangci-lint does.
func TestPlugin(t *testing.T) {
	newPlugin, err := register.GetPlugin("retrylint")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := newPlugin(map[string]any{"enable": []string{"RL305"}, "disable": []string{"rl405"}, "max-wait": "30m", "max-retries": 8})
	if err != nil {
		t.Fatal(err)
	}
	analyzers, err := plugin.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(analyzers); err != nil {
		t.Error(err)
	}
	want := map[string]string{"RL305": "true", "RL405": "false", "RL301": "true", "max-wait": "30m0s", "max-retries": "8"}
	for _, a := range analyzers[0].Requires {
		for name, value := range want {
			if f := a.Flags.Lookup(name); f != nil && f.Value.String() != value {
				t.Errorf("%s is %s, want %s", name, f.Value, value)
			}
		}
	}
}

// TestSettings makes two plugins. The settings of one do not affect the other.
func TestSettings(t *testing.T) {
	newPlugin, err := register.GetPlugin("retrylint")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"30m0s", "1h0m0s"} {
		settings := map[string]any{"max-wait": "30m"}
		if want != "30m0s" {
			settings = nil
		}
		plugin, err := newPlugin(settings)
		if err != nil {
			t.Fatal(err)
		}
		analyzers, err := plugin.BuildAnalyzers()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range analyzers[0].Requires {
			if f := a.Flags.Lookup("max-wait"); f != nil && f.Value.String() != want {
				t.Errorf("max-wait is %s, want %s", f.Value, want)
			}
		}
	}
}

func TestUnknownCheck(t *testing.T) {
	newPlugin, err := register.GetPlugin("retrylint")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := newPlugin(map[string]any{"enable": []string{"RL999"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plugin.BuildAnalyzers(); err == nil {
		t.Error("no error for a check that does not exist")
	}
}
