module github.com/retrygen/retrygen/store

go 1.26.0

replace github.com/retrygen/retrygen => ../

require (
	github.com/retrygen/retrygen v0.0.0-00010101000000-000000000000
	go.etcd.io/bbolt v1.5.0
)

require golang.org/x/sys v0.45.0 // indirect
