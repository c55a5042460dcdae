package terminal

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Writer returns a writer to a file. If that is a terminal whose locale is not UTF-8, what is written is changed as by
// [ASCII]. Files and pipes get every byte as it is, so that they do not depend on the locale.
func Writer(file *os.File) io.Writer {
	if !term.IsTerminal(int(file.Fd())) || encoded(runtime.GOOS, os.Getenv) {
		return file
	}
	return &folding{file: file}
}

// IsASCII reports whether a writer of [Writer] changes what is written.
func IsASCII(w io.Writer) bool {
	_, is := w.(*folding)
	return is
}

// encoded reports whether the locale of an environment is UTF-8. Without a locale it is not. Windows takes UTF-8 whatever the
// environment says.
func encoded(system string, getenv func(string) string) bool {
	if system == "windows" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(name); locale != "" {
			return strings.Contains(strings.ToLower(strings.ReplaceAll(locale, "-", "")), "utf8")
		}
	}
	return false
}

// folding writes ASCII to a terminal.
type folding struct {
	file *os.File
	rest []byte // of a character that is not written whole yet
}

// Write implements io.Writer.
func (f *folding) Write(text []byte) (int, error) {
	all := append(f.rest, text...)
	whole := len(all)
	for n := 1; n < utf8.UTFMax && n <= len(all); n++ {
		if at := len(all) - n; utf8.RuneStart(all[at]) && !utf8.FullRune(all[at:]) {
			whole = at
		}
	}
	f.rest = append([]byte(nil), all[whole:]...)
	if _, err := f.file.WriteString(ASCII(string(all[:whole]))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// ASCII replaces characters beyond ASCII: by others that look or read alike, where there are such, else by their escapes in a
// Go string.
func ASCII(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		switch like, ok := alike[r]; {
		case r < utf8.RuneSelf:
			out.WriteRune(r)
		case ok:
			out.WriteString(like)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return out.String()
}

// alike are ASCII texts for the characters that this module prints itself. Blocks are replaced one by one, so that columns stay.
var alike = map[rune]string{
	'\u00a0': " ", '…': "...", '→': "->", '–': "-", '−': "-", '×': "x", '·': "*", '÷': "/", '±': "+-", '≤': "<=", '≥': ">=", 'µ': "u",
	'“': `"`, '”': `"`, '‘': "'", '’': "'",
	'█': "#", '▓': "#", '▒': "=", '░': "-", '▔': "-",
	'▉': "#", '▊': "#", '▋': "#", '▌': "#", '▍': "|", '▎': "|", '▏': "|",
	'▇': "#", '▆': "*", '▅': "*", '▄': "=", '▃': "-", '▂': "-", '▁': "_",
}
