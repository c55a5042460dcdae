package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// onTerminal runs this test binary as the command on a terminal of so many columns, and returns what the terminal shows.
func onTerminal(t *testing.T, columns uint16, locale string, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skip(err)
	}
	err = errors.Join(
		unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0),
		unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns}),
	)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "RETRYGEN_TEST_COMMAND=1", "NO_COLOR=1", "TERM=xterm", "LC_ALL="+locale)
	cmd.Stdout = slave
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.Copy(&shown, master) // it ends with an error when the last writer has closed the terminal
	}()
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	<-read
	return strings.ReplaceAll(shown.String(), "\r\n", "\n")
}

// TestTerminal explains a policy on terminals of several widths and locales.
func TestTerminal(t *testing.T) {
	for _, test := range []struct {
		columns, want int // the longest line is as long as the terminal is wide
		locale        string
		ascii         bool
	}{
		{100, 100, "C.UTF-8", false},
		{100, 100, "C", true},
		{70, 70, "C.UTF-8", false},
		{30, 60, "C.UTF-8", false},
		{0, 80, "C.UTF-8", false}, // a terminal that does not say
	} {
		t.Run(fmt.Sprint(test.columns, test.locale), func(t *testing.T) {
			out := onTerminal(t, uint16(test.columns), test.locale, "explain", "-policy", "retries=4 delay=exponential(2) jitter=3")
			longest, ascii := 0, true
			for line := range strings.Lines(out) {
				longest = max(longest, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
				ascii = ascii && len(line) == utf8.RuneCountInString(line)
			}
			if longest != test.want || ascii != test.ascii {
				t.Errorf("%d columns, ASCII %t; want %d and %t:\n%s", longest, ascii, test.want, test.ascii, out)
			}
		})
	}
}
