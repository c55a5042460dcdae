module github.com/retrygen/retrygen/analyzer/golangci

go 1.26.0

require (
	github.com/golangci/plugin-module-register v0.1.2
	github.com/retrygen/retrygen v0.0.0
	golang.org/x/tools v0.52.0
)

require (
	github.com/retrygen/retrygen/runtime v0.0.0-00010101000000-000000000000 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
)

replace (
	github.com/retrygen/retrygen => ../..
	github.com/retrygen/retrygen/runtime => ../../runtime
)
