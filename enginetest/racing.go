//go:build race

package enginetest

// Racing tells whether the race detector is on: tests of engines are shorter then.
const Racing = true
