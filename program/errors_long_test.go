//go:build long

package program_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The errors over some 10^7 numbers each, in which nearly all digits occur.
func TestErrorsOfAllDigits(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			p := f.program()
			stride := uint32(101)
			if f.to <= 100 {
				stride = 17
			}
			var both [2]extreme
			var wait sync.WaitGroup
			for part := range both {
				wait.Go(func() { both[part] = f.worst(p, stride, uint32(part), 2) })
			}
			wait.Wait()
			for _, w := range both {
				t.Log(w)
				require.LessOrEqual(t, w.ulp, f.ulp)
			}
		})
	}
}
