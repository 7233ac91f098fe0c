//go:build long && linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/gpu"
)

// What make dist packs is whole, and starts where there is nothing else.
func TestDist(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.Command("make", "-C", "../..", "dist", "DIST="+dir, "SETUP=:").CombinedOutput()
	require.NoError(t, err, string(out))
	archives, err := filepath.Glob(filepath.Join(dir, "einet-*-linux-*.tar.gz"))
	require.NoError(t, err)
	require.Len(t, archives, 1)
	out, err = exec.Command("tar", "-C", dir, "-xzf", archives[0]).CombinedOutput()
	require.NoError(t, err, string(out))
	root := strings.TrimSuffix(archives[0], ".tar.gz")
	for _, file := range []string{
		"README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "NOTICE", "docs/language.md", "licenses/go/LICENSE",
		"licenses/github.com/ajstarks/svgo/LICENSE", "licenses/github.com/go-gl/glfw/v3.3/glfw/glfw/LICENSE.md",
		"share/man/man1/einet.1", "share/bash-completion/completions/einet", "share/zsh/site-functions/_einet",
		"share/fish/vendor_completions.d/einet.fish",
	} {
		require.FileExists(t, filepath.Join(root, file))
	}
	notice, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	require.NoError(t, err)
	for line := range strings.Lines(string(notice)) {
		if module := strings.Fields(line + " -")[0]; strings.Contains(module, ".") && strings.Contains(module, "/") {
			files, err := os.ReadDir(filepath.Join(root, "licenses", module))
			require.NoError(t, err)
			require.NotEmpty(t, files, module)
		}
	}

	status, listed, errs := inside(t, root, "/bin/einet", "list")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, listed, "potjans2014")
	status, version, errs := inside(t, root, "/bin/einet", "version")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, archives[0], "einet-"+strings.TrimSpace(strings.TrimPrefix(version, "einet "))+"-linux-")
	status, devices, errs := inside(t, root, "/bin/einet", "devices")
	require.Equal(t, exitDone, status, errs)
	if gpu.Built {
		require.Contains(t, devices, "/bin/einet-gl does not start: it is for systems with the GNU C library")
	}
	status, _, errs = inside(t, root, "/bin/einet", "run", "ei", "--duration", "20", "-q")
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, filepath.Join(root, "results/ei/raster.png"))
}
