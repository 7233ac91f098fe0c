//go:build long && linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What make wheel packs installs into an environment that has no other einet, and simulates there.
func TestWheel(t *testing.T) {
	python := pythonWith("numpy")
	if python == "" || exec.Command(python, "-c", "import venv, ensurepip, tomllib").Run() != nil {
		t.Skip("no Python 3.11 with numpy, venv and pip here (apt-get install python3-numpy python3-venv)")
	}
	dir := t.TempDir()
	outside := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	out, err := exec.Command("make", "-C", "../..", "wheel", "DIST="+dir, "SETUP=:").CombinedOutput()
	require.NoError(t, err, "%s", out)
	wheels, err := filepath.Glob(filepath.Join(dir, "einet-*-py3-none-manylinux*.whl"))
	require.NoError(t, err)
	require.Len(t, wheels, 1)
	outside(python, "-m", "venv", "--system-site-packages", "venv") // for numpy
	outside("venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheels[0])
	said := outside("venv/bin/python", "-W", "ignore", "-c", `
import einet
r = einet.run("ei", scale=0.1, duration=100)
print(einet.find().endswith("/site-packages/einet/bin/einet"), len(r.spikes("E")) == r.summary.populations.E.spikes > 0, list(r.figures))
`)
	require.Equal(t, "True True ['raster', 'rate', 'potentials', 'currents']\n", said)
	require.Contains(t, outside("venv/bin/einet", "list"), "tian2020", "the wheel has the command, too")
	licences, err := filepath.Glob(filepath.Join(dir, "venv/lib/python3*/site-packages/einet-*.dist-info/licenses/github.com/ajstarks/svgo/LICENSE"))
	require.NoError(t, err)
	require.Len(t, licences, 1)
	outside("venv/bin/python", "-m", "pip", "uninstall", "--yes", "--quiet", "einet")
	left, err := filepath.Glob(filepath.Join(dir, "venv/lib/python3*/site-packages/einet*"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "venv")))
}
