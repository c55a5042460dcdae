package main

import "testing"

func TestReplace(t *testing.T) {
	got, err := replace([]byte("a\n<!-- x -->\nold\n<!-- /x -->\nb\n"), "x", "new\n")
	if want := "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"; string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, text := range []string{"", "<!-- x -->\nno end"} {
		if _, err := replace([]byte(text), "x", "new\n"); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
