module github.com/retrygen/retrygen

go 1.26.0

replace github.com/retrygen/retrygen/runtime => ./runtime

require (
	github.com/pelletier/go-toml/v2 v2.4.3
	github.com/retrygen/retrygen/runtime v0.0.0-00010101000000-000000000000
	github.com/rogpeppe/go-internal v1.16.0
	go.yaml.in/yaml/v3 v3.0.6
	golang.org/x/mod v0.42.0
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.47.0
	golang.org/x/tools v0.52.0
)

require golang.org/x/sync v0.24.0 // indirect

tool (
	github.com/retrygen/retrygen/cmd/retrygen
	github.com/retrygen/retrygen/cmd/retrylint
)
