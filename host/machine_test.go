package host

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestDescribe(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	m := describe(fstest.MapFS{
		"proc/cpuinfo": file("model name\t: A\nphysical id : 0\ncore id : 0\n\nmodel name : A\nphysical id : 0\ncore id : 0\n\nphysical id : 1\ncore id : 0"),
		"proc/meminfo": file("MemTotal:  2048 kB"), "proc/loadavg": file("1 2 3 1/9 4"), "etc/os-release": file(`PRETTY_NAME="X 1"`),
		"sys/devices/system/cpu/cpu0/cache/index0/level": file("2"), "sys/devices/system/cpu/cpu0/cache/index0/size": file("2048K"),
		"sys/devices/system/cpu/cpu0/cache/index1/level": file("1"), "sys/devices/system/cpu/cpu0/cache/index1/size": file("48K"),
	})
	require.Equal(t, "A", m.CPU)
	require.Equal(t, 2, m.Cores)
	require.EqualValues(t, 2<<20, m.Memory)
	require.Equal(t, "X 1", m.System)
	require.Equal(t, "1 2 3", m.Load)
	require.Equal(t, []Cache{{Level: 1, Bytes: 48 << 10}, {Level: 2, Bytes: 2 << 20}}, m.Caches)
	require.Empty(t, describe(fstest.MapFS{}).Caches)
	require.Equal(t, []Cache{{1, "Data", 48 << 10, ""}, {2, "Unified", 1 << 20, ""}}, cachesOf(48<<10, -1, 1<<20, 0))
}
