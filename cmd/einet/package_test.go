package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// forPython lets Python find the package of the checkout, and this program as its einet.
func forPython(t *testing.T) {
	t.Helper()
	path, err := filepath.Abs("../../python")
	require.NoError(t, err)
	program, err := filepath.Abs(os.Args[0])
	require.NoError(t, err)
	t.Setenv("PYTHONPATH", path)
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	t.Setenv("EINET", program)
	t.Setenv(asEinet, "")
}

// The Python package passes its own tests, with this einet.
func TestPythonPackage(t *testing.T) {
	python := pythonWith("numpy")
	if python == "" {
		t.Skip("no python3 with numpy here (apt-get install python3-numpy)")
	}
	forPython(t)
	cmd := exec.Command(python, "-m", "unittest", "discover", "-s", "tests", "-t", ".")
	cmd.Dir = "../../python"
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Regexp(t, `Ran \d\d tests`, string(out))
}
