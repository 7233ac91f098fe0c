//go:build cgo && !nogl

package gpu

import "github.com/go-gl/gl/v4.3-core/gl"

func getInt(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func getInt64(name uint32) int64 {
	var v int64
	gl.GetInteger64v(name, &v)
	return v
}

func getInts3(name uint32) [3]int {
	var out [3]int
	for i := range out {
		var v int32
		gl.GetIntegeri_v(name, uint32(i), &v)
		// Drivers without a limit answer 2^32-1 or so, which wraps in an int32.
		if out[i] = int(v); v < 0 {
			out[i] = 1<<31 - 1
		}
	}
	return out
}

func askLimits() Limits {
	total, free := askMemory()
	return Limits{
		MaxStorageBlock:    getInt64(gl.MAX_SHADER_STORAGE_BLOCK_SIZE),
		MaxStorageBlocks:   getInt(gl.MAX_COMPUTE_SHADER_STORAGE_BLOCKS),
		MaxStorageBindings: getInt(gl.MAX_SHADER_STORAGE_BUFFER_BINDINGS),
		MaxUniformBlock:    getInt64(gl.MAX_UNIFORM_BLOCK_SIZE),
		MaxWorkGroupCount:  getInts3(gl.MAX_COMPUTE_WORK_GROUP_COUNT),
		MaxWorkGroupSize:   getInts3(gl.MAX_COMPUTE_WORK_GROUP_SIZE),
		MaxInvocations:     getInt(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS),
		MaxShared:          getInt(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE),
		UniformAlign:       getInt(gl.UNIFORM_BUFFER_OFFSET_ALIGNMENT),
		StorageAlign:       getInt(gl.SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT),
		MemoryBytes:        total,
		FreeBytes:          free,
	}
}

// askMemory returns how much memory the device has (GL_NVX_gpu_memory_info) and how much of it is free (that, or
// GL_ATI_meminfo).
func askMemory() (total, free int64) {
	const (
		totalAvailableNVX   = 0x9048 // kB
		currentAvailableNVX = 0x9049 // kB
		vboFreeATI          = 0x87FB // kB: total, largest block, and the same for auxiliary memory
	)
	if hasExtension("GL_NVX_gpu_memory_info") {
		return int64(getInt(totalAvailableNVX)) << 10, int64(getInt(currentAvailableNVX)) << 10
	}
	if hasExtension("GL_ATI_meminfo") {
		var kB [4]int32
		gl.GetIntegerv(vboFreeATI, &kB[0])
		return 0, int64(kB[0]) << 10
	}
	return 0, 0
}

func hasExtension(name string) bool {
	for i := range getInt(gl.NUM_EXTENSIONS) {
		if gl.GoStr(gl.GetStringi(gl.EXTENSIONS, uint32(i))) == name {
			return true
		}
	}
	return false
}
