package main

import (
	"testing"
	"testing/synctest"
)

func TestLayersMultiply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queries = 0
		if err := pageWithRetry(t.Context()); err != errDown || queries != 4*4*4 {
			t.Errorf("%d queries, %v; want 64", queries, err)
		}
	})
}
