package cpuref

import "testing"

// ProgramsToo lets populations run their program though the engine has their equations.
func ProgramsToo(t *testing.T) {
	programs = true
	t.Cleanup(func() { programs = false })
}
