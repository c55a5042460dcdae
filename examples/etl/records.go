package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"github.com/retrygen/retrygen/store"
)

// list prints what a run remembers.
func list(ctx context.Context, s *store.Store, run string) error {
	flows, err := s.Progress(ctx, run)
	if err != nil {
		return err
	}
	for _, f := range flows {
		if f.Begun > 0 {
			fmt.Printf("attempts of %s since its last success: %d\n", path.Base(f.Flow), f.Begun)
		}
	}
	done, err := s.Records(ctx, run)
	if err != nil {
		return err
	}
	for _, r := range done {
		fmt.Printf("%x  %s(%s)\n          gave %s\n", r.Key[:4], path.Base(r.Task), r.Arguments, short(string(r.Results)))
	}
	left, err := s.Unfinished(ctx, run)
	if err != nil {
		return err
	}
	for _, r := range left {
		fmt.Printf("%x  %s(%s)\n          has no results\n", r.Key[:4], path.Base(r.Task), r.Arguments)
	}
	return nil
}

func short(text string) string {
	const limit = 100
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

// redo deletes the record whose key begins with some hexadecimal digits, so that its task runs again, and no other.
func redo(ctx context.Context, s *store.Store, run, digits string) error {
	records, err := s.Records(ctx, run)
	if err != nil {
		return err
	}
	var found []store.Record
	for _, r := range records {
		if strings.HasPrefix(hex.EncodeToString(r.Key[:]), digits) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("%d records have keys that begin with %s", len(found), digits)
	}
	return s.DeleteRecord(ctx, run, found[0].Key)
}
