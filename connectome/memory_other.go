//go:build !linux

package connectome

// makeLarge is make for what is read here and there.
func makeLarge[T any](n int) []T { return make([]T, n) }
