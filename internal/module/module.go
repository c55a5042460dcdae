// Package module holds the module's path. To change it, run
//
//	go run ./internal/tools/release path example.org/retrygen
//
// which rewrites this constant, all imports and everything that is generated.
package module

// Path is the module path: what users import begins with it.
const Path = "github.com/retrygen/retrygen"
