// Package configtest reads and writes policies with the libraries that programs read their configuration with. It is a
// module of its own, since nothing else of this repository needs them.
package configtest
