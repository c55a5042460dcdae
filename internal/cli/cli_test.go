package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	for _, test := range []struct {
		name, version string
		settings      []debug.BuildSetting
		want          string
	}{
		{"a release", "v1.2.3", nil, "v1.2.3"},
		{"a release with a revision", "v1.2.3", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}, "v1.2.3"},
		{"a checkout", "(devel)", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}}, "(devel), revision abc"},
		{"a changed checkout", "", []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}, "(devel), revision abc, modified"},
		{"nothing is known", "", nil, "(devel)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			info := &debug.BuildInfo{Main: debug.Module{Version: test.version}, Settings: test.settings}
			if got := versionOf(info); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFlagBehind(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"none", []string{"./...", "a"}, ""},
		{"behind", []string{"./...", "-check", "-v"}, "-check"},
		{"a dash alone", []string{"-"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := FlagBehind(test.args); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for arg, want := range map[string]string{
		"./...": "./...", "-outage=10s": "-outage=10s", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'",
		"a\nb": "'a\nb'", "=~": "'=~'",
	} {
		if got := Quote(arg); got != want {
			t.Errorf("%q: %s, want %s", arg, got, want)
		}
	}
}
