// Package einet_test enforces the package tree: imports point downwards, and
// OpenGL stays in the packages that are about it.
package einet_test

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const module = "einet"

// imports is the tree, top down: what each package may import of einet. What
// those may import, it may import too.
var imports = map[string][]string{
	"cmd/einet":  {"ranks/mpi", "live", "bench", "selftest", "validate", "sweep", "compare"},
	"live":       {"experiment"},
	"sweep":      {"experiment"},
	"compare":    {"experiment", "validate"},
	"experiment": {"report", "engines", "network/language"},

	"engines":  {"gpu", "cpu", "cpuref", "ranks", "record", "sim", "host"},
	"selftest": {"engines", "network/presets"},
	"bench":    {"engines", "analysis", "network/presets"},
	"validate": {"cpuref", "sim", "analysis/theory", "network/presets"},
	"report":   {"plot"},
	"plot":     {"analysis/theory"},

	"gpu":       {"sim", "shaders"},
	"cpu":       {"sim", "cpu/native"},
	"cpuref":    {"sim"},
	"ranks/mpi": {"ranks"},
	"ranks":     {"sim"},

	"analysis/theory": {"analysis"},
	"analysis":        {"sim"},
	"record/hdf5":     {"table"},
	"record":          {"record/hdf5", "sim"},

	"cpu/native": {"program"},

	"enginetest": {"cpuref", "network/presets"},
	"sim":        {"dynamics", "checkpoint"},
	"dynamics":   {"connectome", "program"},
	"connectome": {"network", "rng"},
	"program":    {"libm"},

	"program/programtest": {"program"},

	"network/presets":  {"network/language"},
	"network/language": {"network", "network/models", "network/sonata"},
	"network/sonata":   {"network"},
	"network/models":   {},
	"network":          {"fault", "libm", "table", "equation"},
	"equation":         {"fault", "libm"},
	"checkpoint":       {},
	"fault":            {},
	"table/readertest": {},
	"table":            {},
	"host":             {},
	"rng/stattest":     {},
	"rng":              {"libm"},
	"libm":             {},
	"shaders":          {},
}

// Of some packages the users are fewer than the tree would have it.
var onlyFor = map[string][]string{
	"shaders":             {"gpu"},
	"enginetest":          {}, // for tests
	"program/programtest": {},
	"rng/stattest":        {},
	"table/readertest":    {},
}

// cgo lists the packages that may see C and OpenGL, and so may what is below them.
var cgo = []string{"gpu", "live", "record/hdf5", "ranks/mpi"}

func within(pkg string, tops []string) bool {
	return slices.ContainsFunc(tops, func(top string) bool {
		return pkg == top || strings.HasPrefix(pkg, top+"/")
	})
}

// row is the nearest package at or above pkg that the tree has: "gpu" for "gpu/egl".
func row(pkg string) string {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if _, ok := imports[pkg]; ok {
			return pkg
		}
	}
	return ""
}

// below is all that pkg may import: its row, and the rows of those, to the bottom.
func below(pkg string) map[string]bool {
	reach := map[string]bool{}
	var visit func(string)
	visit = func(p string) {
		for _, q := range imports[p] {
			if !reach[q] {
				reach[q] = true
				visit(q)
			}
		}
	}
	visit(pkg)
	return reach
}

// violations reads every Go file but the tests, whatever its build tags, and
// returns one line for each import that the tree forbids.
func violations(tree fs.FS) ([]string, error) {
	var found []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base != "." && strings.ContainsAny(base[:1], "._") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if reason := forbidden(path.Dir(name), imported); reason != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", name, imported, reason))
			}
		}
		if row(path.Dir(name)) == "" {
			found = append(found, name+": its package is not in the tree; add it to imports and to CONTRIBUTING.md")
		}
		return nil
	})
	return found, err
}

// forbidden says why package pkg of einet must not import a path, or "".
func forbidden(pkg, imported string) string {
	if imported == "C" || strings.HasPrefix(imported, "github.com/go-gl/") {
		if !within(pkg, cgo) {
			return "only " + strings.Join(cgo, ", ") + " may"
		}
		return ""
	}
	imported, ours := strings.CutPrefix(imported, module+"/")
	from, to := row(pkg), row(imported)
	switch {
	case !ours || from == to:
		return ""
	case !below(from)[to]:
		return "not below " + from
	}
	if users, ok := onlyFor[to]; ok && !slices.Contains(users, from) {
		return "not for " + from
	}
	return ""
}

func TestImportsPointDownwards(t *testing.T) {
	found, err := violations(os.DirFS("."))
	require.NoError(t, err)
	require.Empty(t, found, strings.Join(found, "\n"))
}

// The packages that are free of C must be so all the way down, third parties included.
func TestNoCBelow(t *testing.T) {
	require.Empty(t, cgoDependencies(t, func(pkg string) bool { return !seesC(pkg) }))
	// Control: the packages that do see C are found out.
	require.NotEmpty(t, cgoDependencies(t, seesC))
}

// seesC tells whether a package may see C, itself or through what it imports.
func seesC(pkg string) bool {
	return within(pkg, cgo) || slices.ContainsFunc(slices.Collect(maps.Keys(below(row(pkg)))), func(p string) bool {
		return within(p, cgo)
	})
}

// cgoDependencies returns the packages with C code, the standard library's
// aside, that the packages of einet which pick accepts are built from.
func cgoDependencies(t *testing.T, pick func(pkg string) bool) []string {
	t.Helper()
	var roots []string
	for pkg := range list(t, "./...") {
		if name, ok := strings.CutPrefix(pkg, module+"/"); ok && pick(name) {
			roots = append(roots, pkg)
		}
	}
	require.NotEmpty(t, roots)
	var found []string
	for name, p := range list(t, append([]string{"-deps"}, roots...)...) {
		if !p.Standard && len(p.CgoFiles) > 0 {
			found = append(found, name)
		}
	}
	return found
}

type listed struct {
	ImportPath string
	Standard   bool
	CgoFiles   []string
}

// list runs go list as it is with cgo, whatever this test is built with.
func list(t *testing.T, args ...string) map[string]listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Standard,CgoFiles"}, args...)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=1")
	output, err := command.Output()
	require.NoError(t, err)
	packages := map[string]listed{}
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return packages
		} else {
			require.NoError(t, err)
		}
		packages[p.ImportPath] = p
	}
}

// The control: each forbidden import is found, in a file that the build of this
// machine would leave out too, and allowed ones are not.
func TestForbiddenImportsAreFound(t *testing.T) {
	for _, c := range []struct{ file, imported, reason string }{
		{"cpuref/a.go", "einet/gpu", "not below cpuref"},
		{"gpu/a.go", "einet/cpuref", "not below gpu"},
		{"cpu/kernel/a.go", "einet/cpuref", "not below cpu"},
		{"network/a.go", "einet/rng", "not below network"},
		{"network/a.go", "einet/network/presets", "not below network"},
		{"connectome/a.go", "einet/sim", "not below connectome"},
		{"record/a.go", "einet/analysis", "not below record"},
		{"dynamics/a.go", "einet/sim", "not below dynamics"},
		{"rng/a.go", "einet/util", "not below rng"},
		{"cmd/einet/a.go", "einet/shaders", "not for cmd/einet"},
		{"cmd/einet/a.go", "einet/enginetest", "not below cmd/einet"},
		{"rng/a.go", "einet/rng/stattest", "not below rng"},
		{"cmd/einet/a.go", "github.com/go-gl/glfw/v3.3/glfw", "only gpu, live, record/hdf5, ranks/mpi may"},
		{"cpuref/a_arm64.go", "C", "only gpu, live, record/hdf5, ranks/mpi may"},
		{"util/a.go", "strings", "not in the tree"},

		{"gpu/egl/a.go", "C", ""},
		{"gpu/a.go", "github.com/go-gl/glfw/v3.3/glfw", ""},
		{"gpu/a.go", "einet/shaders", ""},
		{"gpu/a.go", "einet/gpu/egl", ""},
		{"bench/a.go", "einet/rng", ""},
		{"cmd/einet/a.go", "einet/connectome", ""},
		{"sim/a_test.go", "einet/cpuref", ""},
		{"dynamics/a_test.go", "einet/rng/stattest", ""},
	} {
		source := fmt.Sprintf("//go:build never\n\npackage a\n\nimport _ %q\n", c.imported)
		found, err := violations(fstest.MapFS{c.file: {Data: []byte(source)}})
		require.NoError(t, err)
		if c.reason == "" {
			require.Empty(t, found, "%s importing %s", c.file, c.imported)
			continue
		}
		require.Len(t, found, 1, "%s importing %s", c.file, c.imported)
		require.Contains(t, found[0], c.reason)
	}
}
