package einet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// NOTICE names each module that the binaries hold, and no other, and what else they hold of others.
func TestNotice(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/einet")
	list.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS=linux")
	out, err := list.Output()
	require.NoError(t, err)
	held := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		if path != module {
			held[path] = true
		}
	}
	text, err := os.ReadFile("NOTICE")
	require.NoError(t, err)
	named := map[string]bool{}
	_, table, found := strings.Cut(string(text), "Go's standard library")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); strings.Contains(fields[0], "/") {
			named[fields[0]] = true
		}
	}
	require.Equal(t, held, named)
	licences, err := filepath.Glob("report/assets/*-LICENSE") // of what is no module
	require.NoError(t, err)
	require.NotEmpty(t, licences)
	for _, path := range licences {
		require.Contains(t, string(text), "\n"+strings.TrimSuffix(filepath.Base(path), "-LICENSE")+" ")
	}
}
