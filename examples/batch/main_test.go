package main

import (
	"context"
	"fmt"
	"testing"
)

func Example() {
	main()
	// Output:
	// attempt 1 sends apples, pears, plums, quinces
	// attempt 2 sends pears, plums
	// attempt 3 sends pears
	// attempt 4 sends pears
	// stored apples, quinces, plums, pears
}

// TestGivesUp has an item that is never stored: the error names it alone.
func TestGivesUp(t *testing.T) {
	server := &Server{after: map[string]int{"medlars": 99}}
	err := server.StoreWithRetry(context.Background(), []string{"apples", "medlars"})
	if want := "not stored: medlars: the server is busy"; fmt.Sprint(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if len(server.stored) != 1 {
		t.Errorf("stored %v, want the apples, once", server.stored)
	}
}
