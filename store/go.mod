module github.com/retrygen/retrygen/store

go 1.26.0

replace github.com/retrygen/retrygen/runtime => ../runtime

require (
	github.com/retrygen/retrygen/runtime v0.0.0-00010101000000-000000000000
	go.etcd.io/bbolt v1.5.0
)

require (
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.45.0 // indirect
)
