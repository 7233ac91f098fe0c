//go:build race

package enginetest

const racing = true
