package main

import (
	"errors"
	"flag"
	"strings"

	"github.com/retrygen/retrygen/internal/retries/inventory"
)

// repeated is a flag that can be repeated.
type repeated interface{ all() []string }

// valuesOf returns the values of a flag as they would be written again.
func valuesOf(v flag.Value) []string {
	if r, ok := v.(repeated); ok {
		return r.all()
	}
	return []string{v.String()}
}

// texts is a flag that can be repeated and whose values are texts.
type texts []string

func (t *texts) all() []string  { return *t }
func (t *texts) String() string { return strings.Join(*t, " ") }

// Set adds a value.
func (t *texts) Set(text string) error {
	if text == "" {
		return errors.New("want a name")
	}
	*t = append(*t, text)
	return nil
}

// keys is a flag with a list, which can be repeated.
type keys []string

func (k *keys) String() string { return strings.Join(*k, ",") }

// Set adds a list.
func (k *keys) Set(text string) error {
	for key := range strings.SplitSeq(text, ",") {
		if key = strings.TrimSpace(key); key == "" {
			return errors.New("a key is empty; want keys such as http.retry,db.*.policy")
		}
		*k = append(*k, key)
	}
	return nil
}

// assumptions is the flag -set.
type assumptions []inventory.Assumption

func (a *assumptions) all() []string {
	var list []string
	for _, one := range *a {
		list = append(list, one.Name+"="+one.Value)
	}
	return list
}

func (a *assumptions) String() string { return strings.Join(a.all(), " ") }

// Set reads name=value.
func (a *assumptions) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return errors.New(`want name=value, such as cfg.MaxRetries=5 or cfg.Retry="retries=4 delay=1"`)
	}
	*a = append(*a, inventory.Assumption{Name: name, Value: strings.TrimSpace(value)})
	return nil
}
