//go:build !long && cgo && !nogl

package gpu

const allOnEach = false
