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

// TestWithRow keeps the rows of modules that are not measured.
func TestWithRow(t *testing.T) {
	const head = "| h |\n| --- |\n"
	for _, c := range []struct{ old, want string }{
		{"", head + "| b | 2 |\n"},
		{"| other |\n| --- |\n| b | 1 |\n", head + "| b | 2 |\n"},
		{head + "| a | 1 |\n", head + "| a | 1 |\n| b | 2 |\n"},
		{head + "| a | 1 |\n| b | 1 |\n| bc | 1 |\n", head + "| a | 1 |\n| b | 2 |\n| bc | 1 |\n"},
	} {
		got, err := withRow([]byte("<!-- x -->\n"+c.old+"<!-- /x -->"), "x", head, "| b | 2 |\n")
		if got != c.want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", c.old, got, err, c.want)
		}
	}
}
