// Package host tells what the machine is and has left: processor, caches, memory, and the limits on this process.
package host

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// A Machine is what was measured on. What the system does not tell is empty or 0.
type Machine struct {
	CPU     string   `json:"cpu"`
	Cores   int      `json:"cores"`   // 0: unknown
	Threads int      `json:"threads"` // that Go uses
	Caches  []Cache  `json:"caches"`
	Memory  int64    `json:"memory_bytes"`
	System  string   `json:"system"`
	Arch    string   `json:"arch"`
	Go      string   `json:"go"`
	SIMD    string   `json:"simd"`   // kernels of the cpu engine
	OpenGL  []string `json:"opengl"` // renderers and drivers
	Load    string   `json:"load"`   // of the last 1, 5 and 15 minutes, when the measurement began
	Einet   string   `json:"einet"`
}

// A Cache is one of a processor's.
type Cache struct {
	Level  int    `json:"level"`
	Type   string `json:"type"` // Data, Instruction or Unified
	Bytes  int64  `json:"bytes"`
	Shared string `json:"shared_by"` // threads; empty where it is not known
}

// Describe describes this machine but for SIMD, OpenGL and Einet.
func Describe() Machine {
	m := describe(os.DirFS("/"))
	if len(m.Caches) == 0 { // as in many virtual machines
		m.Caches = cachesOf(cpuid.CPU.Cache.L1D, cpuid.CPU.Cache.L1I, cpuid.CPU.Cache.L2, cpuid.CPU.Cache.L3)
	}
	return m
}

// cachesOf are those that a processor tells of: the sizes of others are below 1.
func cachesOf(l1d, l1i, l2, l3 int) []Cache {
	var list []Cache
	for _, c := range []Cache{{1, "Data", int64(l1d), ""}, {1, "Instruction", int64(l1i), ""}, {2, "Unified", int64(l2), ""}, {3, "Unified", int64(l3), ""}} {
		if c.Bytes > 0 {
			list = append(list, c)
		}
	}
	return list
}

// describe describes what the files of a Linux system say.
func describe(root fs.FS) Machine {
	m := Machine{Threads: runtime.GOMAXPROCS(0), System: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Caches: caches(root)}
	info := procFile(root, "proc/cpuinfo")
	m.CPU, _ = info.field("model name")
	m.Cores = cores(info)
	if v, ok := procFile(root, "proc/meminfo").field("MemTotal"); ok {
		kB, _ := strconv.ParseInt(strings.TrimSuffix(v, " kB"), 10, 64)
		m.Memory = kB << 10
	}
	if text, err := fs.ReadFile(root, "etc/os-release"); err == nil {
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
				m.System = strings.Trim(v, `"`)
			}
		}
	}
	if text, err := fs.ReadFile(root, "proc/sys/kernel/osrelease"); err == nil {
		m.System += ", Linux " + strings.TrimSpace(string(text))
	}
	if text, err := fs.ReadFile(root, "proc/loadavg"); err == nil {
		if f := strings.Fields(string(text)); len(f) >= 3 {
			m.Load = strings.Join(f[:3], " ")
		}
	}
	return m
}

// cores counts the different pairs of package and core; 0 where there are none to
// count.
func cores(info proc) int {
	seen := map[string]bool{}
	physical := ""
	for _, line := range info {
		switch line[0] {
		case "physical id":
			physical = line[1]
		case "core id":
			seen[physical+"/"+line[1]] = true
		}
	}
	return len(seen)
}

func caches(root fs.FS) []Cache {
	var list []Cache
	dirs, _ := fs.Glob(root, "sys/devices/system/cpu/cpu0/cache/index*")
	for _, dir := range dirs {
		read := func(name string) string {
			text, _ := fs.ReadFile(root, path.Join(dir, name))
			return strings.TrimSpace(string(text))
		}
		level, err := strconv.Atoi(read("level"))
		if err != nil {
			continue
		}
		list = append(list, Cache{level, read("type"), cacheBytes(read("size")), read("shared_cpu_list")})
	}
	slices.SortStableFunc(list, func(a, b Cache) int { return a.Level - b.Level })
	return list
}

// cacheBytes reads a size such as 48K.
func cacheBytes(s string) int64 {
	shift := 0
	switch {
	case strings.HasSuffix(s, "K"):
		shift = 10
	case strings.HasSuffix(s, "M"):
		shift = 20
	}
	n, _ := strconv.ParseInt(strings.TrimRight(s, "KM"), 10, 64)
	return n << shift
}

// Processor is the name of the processor and the number of its threads that Go
// uses.
func Processor() string {
	name := runtime.GOARCH
	if v, ok := procField("/proc/cpuinfo", "model name"); ok {
		name = v
	}
	return fmt.Sprintf("%s, %d threads", name, runtime.GOMAXPROCS(0))
}

// procField finds "name : value" in a file of Linux's /proc.
func procField(file, name string) (string, bool) {
	return procFile(os.DirFS("/"), strings.TrimPrefix(file, "/")).field(name)
}

// proc is the lines "name : value" of a file of Linux's /proc.
type proc [][2]string

func procFile(root fs.FS, name string) proc {
	f, err := root.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	var p proc
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, found := strings.Cut(lines.Text(), ":"); found {
			p = append(p, [2]string{strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return p
}

// field is the first value of that name.
func (p proc) field(name string) (string, bool) {
	for _, line := range p {
		if line[0] == name {
			return line[1], true
		}
	}
	return "", false
}
