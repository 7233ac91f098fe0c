package einet_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	testName     = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)")
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
)

// Files and tests that the pages name are there.
func TestPagesNameWhatExists(t *testing.T) {
	tests := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range testFunction.FindAllStringSubmatch(string(text), -1) {
			tests[m[1]] = true
		}
		return err
	}))
	pages, err := fs.Glob(os.DirFS("."), "docs/*.md")
	require.NoError(t, err)
	checked := 0
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "CHANGELOG.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(path.Join(path.Dir(page), m[1]))
			require.NoError(t, err, page)
			checked++
		}
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			require.True(t, tests[m[1]], "%s: there is no %s", page, m[1])
			checked++
		}
	}
	require.Greater(t, checked, 100)
}
