// Package golangci makes retrylint's analyzers a module plugin of golangci-lint. In .custom-gcl.yml:
//
//	version: v2.15.0
//	plugins:
//	  - module: github.com/retrygen/retrygen/analyzer/golangci
//	    version: v0.1.0
//
// "golangci-lint custom" then builds a golangci-lint that knows the linter retrylint, to be configured in .golangci.yml:
//
//	version: "2"
//	linters:
//	  enable: [retrylint]
//	  settings:
//	    custom:
//	      retrylint:
//	        type: module
//	        settings:
//	          enable: [RL204, RL305]
//	          disable: [RL405]
//	          max-wait: 30m
//	          max-retries: 8
//	          any-change: true
//
// What several checks find at a line is one finding, since golangci-lint shows one finding of a line.
package golangci

import (
	"fmt"
	"strconv"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer"
)

func init() { register.Plugin("retrylint", New) }

// Settings are the settings in .golangci.yml. The zero value means the defaults of retrylint.
type Settings struct {
	Enable     []string `json:"enable"`      // checks that are off by default
	Disable    []string `json:"disable"`     // checks to switch off
	MaxWait    string   `json:"max-wait"`    // the longest wait that RL106 accepts, such as "1h"
	MaxRetries int      `json:"max-retries"` // the most retries that RL109 accepts
	AnyChange  bool     `json:"any-change"`  // RL206 reports any change before a call that may fail
}

// New makes the plugin from its settings.
func New(raw any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, err
	}
	return plugin{settings}, nil
}

type plugin struct{ settings Settings }

// BuildAnalyzers returns one analyzer that runs those of retrylint by the settings. It shares nothing with the analyzer of
// another plugin.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	analyzers := analyzer.Analyzers()
	for _, id := range p.settings.Enable {
		if err := setCheck(analyzers, id, "true"); err != nil {
			return nil, err
		}
	}
	for _, id := range p.settings.Disable {
		if err := setCheck(analyzers, id, "false"); err != nil {
			return nil, err
		}
	}
	if p.settings.MaxWait != "" {
		if err := set(analyzers, "max-wait", p.settings.MaxWait); err != nil {
			return nil, err
		}
	}
	if p.settings.MaxRetries > 0 {
		if err := set(analyzers, "max-retries", strconv.Itoa(p.settings.MaxRetries)); err != nil {
			return nil, err
		}
	}
	if p.settings.AnyChange {
		if err := set(analyzers, "any-change", "true"); err != nil {
			return nil, err
		}
	}
	return []*analysis.Analyzer{merge(analyzers)}, nil
}

// GetLoadMode says that types are needed.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }

// setCheck switches a check on or off.
func setCheck(analyzers []*analysis.Analyzer, id, value string) error {
	check, ok := analyzer.LookUp(id)
	if !ok {
		return fmt.Errorf("retrylint: no check is called %q", id)
	}
	return set(analyzers, check.ID, value)
}

// set sets a flag of the analyzer that has it.
func set(analyzers []*analysis.Analyzer, name, value string) error {
	for _, a := range analyzers {
		if a.Flags.Lookup(name) == nil {
			continue
		}
		if err := a.Flags.Set(name, value); err != nil {
			return fmt.Errorf("retrylint: %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("retrylint: no analyzer has the flag %s", name)
}
