//go:build cgo && long

package hdf5

func init() { mutated = 100_000 }
