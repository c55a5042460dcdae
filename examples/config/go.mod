module github.com/retrygen/retrygen/examples/config

go 1.26.0

replace (
	github.com/retrygen/retrygen => ../..
	github.com/retrygen/retrygen/runtime => ../../runtime
)

require (
	github.com/retrygen/retrygen/runtime v0.0.0-00010101000000-000000000000
	go.yaml.in/yaml/v3 v3.0.6
)
