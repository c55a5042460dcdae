package main

import "testing"

func TestReplace(t *testing.T) {
	got, err := replace([]byte("a\n<!-- figures -->\nold\n<!-- /figures -->\nb\n"), "new\n")
	if want := "a\n<!-- figures -->\nnew\n<!-- /figures -->\nb\n"; string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, text := range []string{"", "<!-- figures -->\nno end"} {
		if _, err := replace([]byte(text), "new\n"); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
