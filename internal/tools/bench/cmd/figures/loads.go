package main

import (
	"fmt"
	"strings"
)

const loadsPrelude = `package m

import (
	"context"
	"errors"
	"time"
)

func work(ctx context.Context) error { return errors.New("none") }
`

// manyLoops writes functions that each retry in a loop, and wait for a delay.
func manyLoops(n int, delay string) string {
	var b strings.Builder
	b.WriteString(loadsPrelude)
	for i := range n {
		fmt.Fprintf(&b, "\nfunc f%d(ctx context.Context, tries int) (err error) {\n%s\treturn err\n}\n", i, loopOf(delay))
	}
	return b.String()
}

// loopsTogether writes one function with many loops.
func loopsTogether(n int) string {
	loops := strings.Repeat(loopOf("time.Second"), n)
	return loadsPrelude + "\nfunc f(ctx context.Context, tries int) (err error) {\n" + loops + "\treturn err\n}\n"
}

func loopOf(delay string) string {
	return "\tfor attempt := 0; attempt < tries; attempt++ {\n\t\tif err = work(ctx); err == nil {\n\t\t\treturn nil\n\t\t}\n\t\ttime.Sleep(" +
		delay + ")\n\t}\n"
}

// wrapperChain writes functions that each retry the next.
func wrapperChain(n int) string {
	var b strings.Builder
	b.WriteString("package m\n\nimport \"context\"\n")
	const directive = "\n//retry:task retries=1 delay=1 jitter=1\n"
	for i := range n {
		fmt.Fprintf(&b, "%sfunc F%d(ctx context.Context) error { return F%dWithRetry(ctx) }\n", directive, i, i+1)
	}
	fmt.Fprintf(&b, "%sfunc F%d(ctx context.Context) error { return nil }\n", directive, n)
	return b.String()
}
