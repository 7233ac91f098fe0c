// Package shaders holds the GLSL sources of the gpu engine and turns one kernel
// (a .comp file) into the single text that a driver compiles: definitions
// injected, includes resolved. Its one invariant: every line of that text is
// numbered with #line as in the file it came from, so that a driver's message
// can always be traced back to a file and line of this folder.
package shaders

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed *.comp include/*.glsl include/layout/*.glsl
var files embed.FS

// Defines are preprocessor symbols: integers of any size, booleans (1 or 0) or
// strings (taken literally). Floats are refused: their decimal text would leave
// rounding to the driver's compiler, so coefficients travel in buffers.
type Defines map[string]any

// A Source is one kernel ready to compile.
type Source struct {
	Name string // the kernel's file, such as "update.comp"
	Text string
	// Files are the files in Text; #line's second number is an index into them.
	Files []string
}

// Hash identifies the embedded kernels, with what they include.
func Hash() string {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		return err
	})
	if err != nil {
		panic(err) // the embedded folder is part of the binary
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// An Include is a file that kernels include and that is not in a folder, for its text is made when it is needed.
type Include struct {
	Name string // as #include has it
	Text string
}

// Load returns the embedded kernel called name with the given definitions.
func Load(name string, defines Defines, printed ...Include) (Source, error) {
	return LoadFS(files, name, defines, printed...)
}

// LoadFS is Load for kernels kept elsewhere, such as a test's. An
// #include "x.glsl" names one that is printed or a file in fsys's include/ folder; a file included
// twice is inserted once, at its first place.
func LoadFS(fsys fs.FS, name string, defines Defines, printed ...Include) (Source, error) {
	head, err := defines.directives()
	if err != nil {
		return Source{}, fmt.Errorf("shaders: %s: %w", name, err)
	}
	r := resolver{fsys: fsys, head: head, printed: map[string]string{}}
	for _, p := range printed {
		r.printed[path.Join("include", p.Name)] = p.Text
	}
	if err := r.insert(name, true); err != nil {
		return Source{}, fmt.Errorf("shaders: %w", err)
	}
	return Source{Name: name, Text: r.text.String(), Files: r.files}, nil
}

func (d Defines) directives() (string, error) {
	var lines []string
	for name, value := range d {
		switch v := value.(type) {
		case int, int32, int64, uint, uint32, uint64, uint16, string:
			lines = append(lines, fmt.Sprintf("#define %s %v\n", name, v))
		case bool:
			lines = append(lines, fmt.Sprintf("#define %s %d\n", name, map[bool]int{true: 1}[v]))
		default:
			return "", fmt.Errorf("define %s: %T is neither integer, bool nor string", name, value)
		}
	}
	slices.Sort(lines) // the same text every time, for the driver's shader cache
	return strings.Join(lines, ""), nil
}

type resolver struct {
	fsys    fs.FS
	printed map[string]string // files that are not in fsys
	head    string            // the definitions, which go right behind #version
	files   []string
	text    strings.Builder
}

func (r *resolver) read(name string) (string, error) {
	if text, ok := r.printed[name]; ok {
		return text, nil
	}
	data, err := fs.ReadFile(r.fsys, name)
	return string(data), err
}

var (
	include = regexp.MustCompile(`^\s*#\s*include\s+"([^"]+)"\s*(//.*)?$`)
	anyIncl = regexp.MustCompile(`^\s*#\s*include\b`)
	version = regexp.MustCompile(`^\s*#\s*version\b`)
)

// insert appends the file with its includes, one output line per input line
// and #line directives wherever the numbering would otherwise go astray.
func (r *resolver) insert(name string, kernel bool) error {
	data, err := r.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such shader", name)
	}
	if err != nil {
		return err
	}
	id := len(r.files)
	r.files = append(r.files, name)
	if !kernel {
		fmt.Fprintf(&r.text, "#line 1 %d\n", id)
	}
	versioned := false
	for i, line := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		switch m := include.FindStringSubmatch(line); {
		case version.MatchString(line):
			if !kernel || versioned {
				return fmt.Errorf("%s:%d: #version belongs once into the kernel", name, i+1)
			}
			versioned = true
			fmt.Fprintf(&r.text, "%s\n%s#line %d %d\n", line, r.head, i+2, id)
		case m != nil:
			file := path.Join("include", m[1])
			if slices.Contains(r.files, file) {
				r.text.WriteString("\n")
				continue
			}
			if err := r.insert(file, false); err != nil {
				return fmt.Errorf("%w, included at %s:%d", err, name, i+1)
			}
			fmt.Fprintf(&r.text, "#line %d %d\n", i+2, id)
		case anyIncl.MatchString(line):
			return fmt.Errorf("%s:%d: #include needs a quoted name: %s", name, i+1, strings.TrimSpace(line))
		default:
			r.text.WriteString(line + "\n")
		}
	}
	if kernel && !versioned {
		return fmt.Errorf("%s: no #version", name)
	}
	return nil
}
