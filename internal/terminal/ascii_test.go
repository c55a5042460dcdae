package terminal

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

func TestLocale(t *testing.T) {
	for _, test := range []struct {
		name, system, all, ctype, lang string
		want                           bool
	}{
		{"the usual", "linux", "", "", "de_DE.UTF-8", true},
		{"another spelling", "linux", "", "", "C.utf8", true},
		{"of a Mac, by ssh", "darwin", "", "UTF-8", "", true},
		{"none", "linux", "", "", "", false},
		{"C", "linux", "", "", "C", false},
		{"Latin 1", "linux", "", "", "de_DE.ISO-8859-1@euro", false},
		{"LC_ALL wins", "linux", "C", "en_US.UTF-8", "en_US.UTF-8", false},
		{"LC_CTYPE is before LANG", "linux", "", "en_US.UTF-8", "C", true},
		{"Windows", "windows", "", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := map[string]string{"LC_ALL": test.all, "LC_CTYPE": test.ctype, "LANG": test.lang}
			if got := encoded(test.system, func(name string) string { return env[name] }); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestASCII(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                      "plain",
		"Place → “Größe” 10\u00a0%…": `Place -> "Gr\u00f6\u00dfe" 10 %...`,
		"250µs 2×":                   "250us 2x",
		"█▒░▏":                       "#=-|",
		"漢\x80":                      `\u6f22\ufffd`,
	} {
		if got := ASCII(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A character that is written in two pieces arrives whole.
func TestFoldingPieces(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := &folding{file: file}
	const text = "a→b漢"
	for i := range len(text) {
		if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	got, err := os.ReadFile(file.Name())
	if want := `a->b\u6f22`; string(got) != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

// Files get what is written to them, whatever the locale.
func TestWriterOfFile(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := Writer(file)
	if IsASCII(w) || Is(w) || Width(w) != 0 {
		t.Error("a file is taken for a terminal")
	}
	if _, err := w.Write([]byte("→")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(file.Name()); utf8.RuneCount(got) != 1 {
		t.Errorf("%q in the file", got)
	}
}
