//go:build cgo

package sqltest

import _ "github.com/mattn/go-sqlite3"

func init() { sqlites = append(sqlites, sqlite{"sqlite3", "?_busy_timeout=0"}) }
