//go:build !unix

package store_test

func limit(string) error { return nil }
