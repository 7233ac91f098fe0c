package host

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The tightest limit of the control groups counts, without what the kernel can
// drop.
func TestMemoryOfControlGroups(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	root := fstest.MapFS{
		"proc/self/cgroup":                     file("4:memory:/x\n0::/outer/inner\n"),
		"sys/fs/cgroup/memory.current":         file("1\n"), // the root has no limit
		"sys/fs/cgroup/outer/memory.max":       file("1000000\n"),
		"sys/fs/cgroup/outer/memory.current":   file("700000\n"),
		"sys/fs/cgroup/outer/memory.stat":      file("anon 5\ninactive_file 100000\nactive_file 50000\n"),
		"sys/fs/cgroup/outer/inner/memory.max": file("max\n"),
	}
	n, ok := groupMemory(root, false)
	require.True(t, ok)
	require.EqualValues(t, 400_000, n)
	n, _ = groupMemory(root, true)
	require.EqualValues(t, 450_000, n, "files that are in use can be dropped, too")
	root["sys/fs/cgroup/outer/inner/memory.max"] = file("1000\n")
	root["sys/fs/cgroup/outer/inner/memory.current"] = file("3000\n")
	n, ok = groupMemory(root, false)
	require.True(t, ok)
	require.Zero(t, n)
	root["proc/self/cgroup"] = file("0::/../elsewhere\n")
	_, ok = groupMemory(root, false)
	require.False(t, ok)
	root["proc/self/cgroup"] = file("4:memory:/outer\n")
	_, ok = groupMemory(root, false)
	require.False(t, ok, "version 1, which is not mounted")
	root["sys/fs/cgroup/memory/outer/memory.limit_in_bytes"] = file("9223372036854771712\n")
	root["sys/fs/cgroup/memory/outer/memory.usage_in_bytes"] = file("100\n")
	_, ok = groupMemory(root, false)
	require.False(t, ok, "without a limit")
	root["sys/fs/cgroup/memory/memory.limit_in_bytes"] = file("1000000\n") // a container's own group
	root["sys/fs/cgroup/memory/memory.usage_in_bytes"] = file("900000\n")
	root["sys/fs/cgroup/memory/memory.stat"] = file("inactive_file 3\ntotal_inactive_file 50000\n")
	n, ok = groupMemory(root, false)
	require.True(t, ok)
	require.EqualValues(t, 150_000, n)
	root["proc/self/cgroup"] = file("5:cpu,memory:/outer\n0::/outer\n")
	n, ok = groupMemory(root, false)
	require.True(t, ok)
	require.EqualValues(t, 150_000, n, "the tighter of both versions")
	_, ok = groupMemory(fstest.MapFS{}, false)
	require.False(t, ok)
}

// The limits of ulimit -v and -d count.
func TestMemoryOfTheProcess(t *testing.T) {
	root := fstest.MapFS{"proc/self/statm": {Data: []byte("1000 900 10 5 0 300 0\n")}}
	page := int64(os.Getpagesize())
	limits := map[int]int64{}
	limit := func(resource int) (int64, bool) { n, ok := limits[resource]; return n, ok }
	_, ok := processMemory(root, limit)
	require.False(t, ok, "without a limit")
	limits[unix.RLIMIT_AS] = 5000*page + unnamed()
	n, ok := processMemory(root, limit)
	require.True(t, ok)
	require.Equal(t, 4000*page, n)
	limits[unix.RLIMIT_DATA] = 400*page + unnamed()
	n, _ = processMemory(root, limit)
	require.Equal(t, 100*page, n)
	limits[unix.RLIMIT_AS] = 7
	n, _ = processMemory(root, limit)
	require.Zero(t, n)
}
