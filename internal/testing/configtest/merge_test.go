package configtest

import (
	"strings"
	"testing"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/v2"
	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/spf13/viper"
	goyaml "go.yaml.in/yaml/v3"
)

// service is a configuration that is merged from several sources.
type service struct {
	Retry     retry.Policy            `mapstructure:"retry" koanf:"retry"`
	Overrides map[string]retry.Policy `mapstructure:"overrides" koanf:"overrides"`
}

// values is a source for koanf.
type values map[string]any

// ReadBytes is not used: the values are no text.
func (v values) ReadBytes() ([]byte, error) { return nil, nil }

// Read returns the values.
func (v values) Read() (map[string]any, error) { return v, nil }

// sources are libraries that merge a configuration and decode it by mapstructure, with text in place of types that read it.
var sources = map[string]func(file string, to *service) error{
	"github.com/spf13/viper": func(file string, to *service) error {
		v := viper.NewWithOptions(viper.KeyDelimiter("::")) // names of tasks have dots
		v.SetConfigType("yaml")
		if err := v.ReadConfig(strings.NewReader(file)); err != nil {
			return err
		}
		return v.Unmarshal(to, viper.DecodeHook(mapstructure.TextUnmarshallerHookFunc()))
	},
	"github.com/knadh/koanf/v2": func(file string, to *service) error {
		parsed := values{}
		if err := goyaml.Unmarshal([]byte(file), &parsed); err != nil {
			return err
		}
		k := koanf.New("::")
		if err := k.Load(parsed, nil); err != nil {
			return err
		}
		return k.Unmarshal("", to)
	},
	"github.com/go-viper/mapstructure/v2": func(file string, to *service) error {
		var parsed map[string]any
		if err := goyaml.Unmarshal([]byte(file), &parsed); err != nil {
			return err
		}
		decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
			Result: to, DecodeHook: mapstructure.TextUnmarshallerHookFunc(),
		})
		if err != nil {
			return err
		}
		return decoder.Decode(parsed)
	},
}

func TestMerged(t *testing.T) {
	for name, read := range sources {
		t.Run(name, func(t *testing.T) {
			var got service
			err := read("retry: retries=4 delay=1,2,4\noverrides:\n  pricing.Fetch: retries=0\n", &got)
			// Viper has all keys in lower case.
			_, kept := got.Overrides["pricing.Fetch"]
			if err != nil || got.Retry.String() != "retries=4 delay=[1s,2s,4s]" || kept == strings.Contains(name, "spf13") {
				t.Errorf("read %+v, error %v", got, err)
			}
		})
	}
}

func TestMergedMistake(t *testing.T) {
	for name, read := range sources {
		t.Run(name, func(t *testing.T) {
			var got service
			err := read("retry: retries=4 dealy=1\n", &got)
			for _, part := range []string{"column 11", `did you mean "delay"?`} {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("error %v, want %q in it", err, part)
				}
			}
		})
	}
}
