package shaders

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// What is printed stands in for a file.
func TestPrintedIncludes(t *testing.T) {
	fsys := fstest.MapFS{"k.comp": file("#version 430\n#include \"a.glsl\"\nk3\n"), "include/a.glsl": file("file\n")}
	s, err := LoadFS(fsys, "k.comp", nil, Include{"a.glsl", "p1\np2\n"})
	require.NoError(t, err)
	require.Equal(t, "#version 430\n#line 2 0\n#line 1 1\np1\np2\n#line 3 0\nk3\n", s.Text)
	require.Equal(t, []string{"k.comp", "include/a.glsl"}, s.Files)
}

func TestSourceKeepsTheNumbersOfItsLines(t *testing.T) {
	fsys := fstest.MapFS{
		"k.comp":         file("#version 430\n#include \"a.glsl\"\n#include \"b.glsl\"\nk4\n"),
		"include/a.glsl": file("#include \"b.glsl\"\na2\n"),
		"include/b.glsl": file("b1"),
	}
	s, err := LoadFS(fsys, "k.comp", Defines{"N": 3, "ON": true, "TYPE": "uint"})
	require.NoError(t, err)
	require.Equal(t, []string{"k.comp", "include/a.glsl", "include/b.glsl"}, s.Files)
	require.Equal(t, `#version 430
#define N 3
#define ON 1
#define TYPE uint
#line 2 0
#line 1 1
#line 1 2
b1
#line 2 1
a2
#line 3 0

k4
`, s.Text)
}

func TestLoadRefuses(t *testing.T) {
	fsys := fstest.MapFS{
		"bare.comp":        file("void main() {}\n"),
		"twice.comp":       file("#version 430\n#version 430\n"),
		"lost.comp":        file("#version 430\n\n#include \"lost.glsl\"\n"),
		"angle.comp":       file("#version 430\n#include <a.glsl>\n"),
		"inner.comp":       file("#version 430\n#include \"v.glsl\"\n"),
		"include/v.glsl":   file("// v\n#version 430\n"),
		"fine.comp":        file("#version 430\n"),
		"include/fine.txt": file(""),
	}
	for _, c := range []struct {
		name, want string
		defines    Defines
	}{
		{"none.comp", "none.comp: no such shader", nil},
		{"bare.comp", "bare.comp: no #version", nil},
		{"twice.comp", "twice.comp:2: #version", nil},
		{"lost.comp", "include/lost.glsl: no such shader, included at lost.comp:3", nil},
		{"angle.comp", "angle.comp:2: #include needs a quoted name", nil},
		{"inner.comp", "include/v.glsl:2: #version", nil},
		{"fine.comp", "define P: float64", Defines{"P": 0.1}},
	} {
		_, err := LoadFS(fsys, c.name, c.defines)
		require.ErrorContains(t, err, c.want, c.name)
	}
}

func TestLocate(t *testing.T) {
	s := Source{Files: []string{"update.comp", "include/a.glsl"}}
	for log, want := range map[string]string{
		"0:41(12): error: x":   "shaders/update.comp:41:12: error: x",   // Mesa
		"1(7) : error C1008":   "shaders/include/a.glsl:7: error C1008", // NVIDIA
		"ERROR: 0:3: 'y' : z":  "shaders/update.comp:3: ERROR: 'y' : z", // AMD, glslang
		"a\n0:2(1): b\n9:1(1)": "a\nshaders/update.comp:2:1: b\n9:1(1)", // unknown stays
	} {
		require.Equal(t, want, s.Locate(log))
	}
}

var example = regexp.MustCompile(`(?m)^// defines:(.*)$`)

// exampleDefines are those of a kernel's "// defines: A=1 B=2u" line, which
// every kernel has so that it can be compiled here without an engine.
func exampleDefines(t *testing.T, text string) Defines {
	m := example.FindStringSubmatch(text)
	require.NotNil(t, m, "a kernel names example definitions in a line // defines: A=1")
	defines := Defines{}
	for _, field := range strings.Fields(m[1]) {
		name, value, ok := strings.Cut(field, "=")
		require.True(t, ok, field)
		defines[name] = value
	}
	return defines
}

// The GLSL reference compiler accepts every kernel, as OpenGL and as Vulkan
// GLSL: what only one driver's front end accepts would fail on another.
func TestKernelsAreValidGLSL(t *testing.T) {
	validator, err := exec.LookPath("glslangValidator")
	if err != nil {
		t.Skip("glslangValidator (package glslang-tools) is not installed")
	}
	require.NotEmpty(t, names(t))
	text, err := os.ReadFile("testdata/include/programs.glsl")
	require.NoError(t, err)
	programs := Include{"programs.glsl", string(text)} // package gpu tests what it prints
	for _, name := range append(names(t), "testdata") {
		fsys := os.DirFS(".")
		if name == "testdata" {
			name, fsys = "add.comp", os.DirFS("testdata")
		}
		plain, err := LoadFS(fsys, name, nil, programs)
		require.NoError(t, err)
		defines := exampleDefines(t, plain.Text)
		for _, on := range []string{"0", "1", "sums"} { // variants of update.comp and redraw.comp
			if on == "sums" {
				if defines["SUMS"] == nil {
					break
				}
				defines["SUMS"], defines["LOCAL"], on = "1", "256", "0"
			}
			for _, variant := range []string{"GENERAL", "CHOICE", "FAILS", "SHARE_WORDS", "FOLLOW", "BRANCH", "SETTLE"} {
				if defines[variant] != nil {
					defines[variant] = on
				}
			}
			source, err := LoadFS(fsys, name, defines, programs)
			require.NoError(t, err)
			valid(t, validator, name+" "+on, source)
		}
	}
}

func valid(t *testing.T, validator, name string, source Source) {
	dir := t.TempDir()
	resolved := filepath.Join(dir, "kernel.comp")
	require.NoError(t, os.WriteFile(resolved, []byte(source.Text), 0o600))
	for target, flags := range map[string][]string{
		"OpenGL": nil,
		"Vulkan": {"--target-env", "vulkan1.1", "-o", filepath.Join(dir, "out.spv")},
	} {
		t.Run(name+" "+target, func(t *testing.T) {
			out, err := exec.Command(validator, append(flags, "-S", "comp", resolved)...).CombinedOutput()
			require.NoError(t, err, source.Locate(string(out)))
		})
	}
}

// names lists the embedded kernels.
func names(t *testing.T) []string {
	names, err := fs.Glob(files, "*.comp")
	if err != nil {
		t.Fatal(err)
	}
	return names
}
