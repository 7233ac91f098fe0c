package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/record/hdf5"
)

var updatePage = flag.Bool("update", false, "write what the blocks of docs/from-python.md print into it")

// pythonWith is a Python that has a module, empty if there is none.
func pythonWith(module string) string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	return ""
}

var (
	fenced  = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```\n")
	imports = regexp.MustCompile(`(?m)^import (\w+)`)
)

// The commands and the Python of docs/from-python.md do what the page says they do.
// shellWords cuts a command as a shell does that knows only blanks and single quotes.
func shellWords(command string) (words []string) {
	for i, part := range strings.Split(command, "'") {
		if i%2 == 0 {
			words = append(words, strings.Fields(part)...)
		} else {
			words = append(words, part)
		}
	}
	return words
}

func TestFromPython(t *testing.T) {
	if hdf5.Absent() != nil {
		t.Skip("built without HDF5")
	}
	if pythonWith("numpy") == "" || pythonWith("h5py") == "" {
		t.Skip("no python3 with numpy and h5py here (apt-get install python3-numpy python3-h5py)")
	}
	path, err := filepath.Abs("../../docs/from-python.md")
	require.NoError(t, err)
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	forPython(t)
	t.Chdir(t.TempDir())
	var printed string
	ran := 0
	written := fenced.ReplaceAllStringFunc(string(page), func(block string) string {
		parts := fenced.FindStringSubmatch(block)
		switch language, text := parts[1], parts[2]; language {
		case "sh":
			args := shellWords(text)
			require.Equal(t, "bin/einet", args[0])
			status, _, errs := einet(t, append(args[1:], "--force")...)
			require.Equal(t, exitDone, status, errs)
		case "python":
			printed = ""
			python := pythonWith(strings.Split(imports.FindStringSubmatch(text)[1], ".")[0])
			if python == "" {
				t.Logf("not run, for its module is not here:\n%s", text)
				break
			}
			out, err := exec.Command(python, "-c", text).CombinedOutput()
			require.NoError(t, err, "%s\n%s", text, out)
			printed = string(out)
			ran++
		case "text":
			if printed == "" {
				break
			}
			if !*updatePage {
				require.Equal(t, text, printed)
			}
			return "```text\n" + printed + "```\n"
		}
		return block
	})
	require.GreaterOrEqual(t, ran, 6)
	if *updatePage {
		require.NoError(t, os.WriteFile(path, []byte(written), 0o666))
	}
}
