package main

import (
	"bytes"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/retry"
	"go.yaml.in/yaml/v3"
)

// config is the configuration file.
type config struct {
	Retry     retry.Policy            `yaml:"retry"`
	Overrides map[string]retry.Policy `yaml:"overrides"`
}

// load reads a configuration file.
func load(path string) (*config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var c config
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &c, nil
}

// policy is what fetches prices. Calls read it while the configuration is read again.
type policy struct{ now atomic.Pointer[retry.Policy] }

// Current returns the policy in force.
func (p *policy) Current() retry.Policy {
	if now := p.now.Load(); now != nil {
		return *now
	}
	return retry.Policy{}
}

// settings puts a configuration in force. A flag or the environment replaces the file's policy for prices.
type settings struct {
	path   string
	given  retry.Policy // by the flag, else by the environment; the zero Policy if neither says anything
	prices policy
}

// reload reads the file. If it cannot be read, what was in force stays.
func (s *settings) reload() error {
	c, err := load(s.path)
	if err != nil {
		return err
	}
	if !s.given.IsZero() {
		c.Retry = s.given
	}
	s.prices.now.Store(&c.Retry)
	retry.OverridePolicies(c.Overrides)
	return nil
}
