package shop

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// TraceFile is the environment variable with the name of the file that Trace writes to.
const TraceFile = "SHOP_TRACE"

// Trace adds a line, with the process that writes it.
func Trace(format string, args ...any) {
	f, err := os.OpenFile(os.Getenv(TraceFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%d %d %s\n", time.Now().UnixNano(), os.Getpid(), fmt.Sprintf(format, args...)); err != nil {
		panic(err)
	}
}

// Line is a line of the trace.
type Line struct {
	Time    time.Time
	Process int
	Text    string
}

// Traced returns the lines of a file that begin with a word.
func Traced(file, word string) (lines []Line) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	for text := range strings.Lines(string(data)) {
		var nanos int64
		var line Line
		if _, err := fmt.Sscan(text, &nanos, &line.Process); err != nil {
			continue
		}
		line.Time = time.Unix(0, nanos)
		line.Text = strings.SplitN(strings.TrimSpace(text), " ", 3)[2]
		if line.Text == word || strings.HasPrefix(line.Text, word+" ") {
			lines = append(lines, line)
		}
	}
	return lines
}
