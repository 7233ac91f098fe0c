package cpu

import (
	"unsafe"

	"einet/cpu/native"
	"einet/program"
)

// run is how a program is run: as machine code, or interpreted.
func (k *kernels) run(p *program.Program) (updateKernel, *native.Kernel) {
	if k.native {
		if code, err := native.Compile(p); err == nil {
			return updateNative(code), code
		}
	}
	return newInterpreter(p, k.loops).update, nil
}

// updateNative is an updateKernel that runs machine code.
func updateNative(code *native.Kernel) updateKernel {
	return func(p *population, m *moment, lo, hi int, hits []uint32) int {
		if lo == hi {
			return 0
		}
		b, rows := &m.scratch.native, p.rows()
		b.Tiles, b.Neurons, b.Drive, b.Now = hi-lo, p.Size-lo*lanes, m.drive, m.now
		b.Rows = unsafe.Slice((*[lanes]uint32)(unsafe.Pointer(&p.state[lo*rows])), (hi-lo)*rows)
		b.Arriving = b.Arriving[:0]
		for _, a := range m.arriving {
			b.Arriving = append(b.Arriving, a[lo:hi])
		}
		b.Normals, b.Hits = m.noise, hits
		count, failed := code.Run(b)
		if failed >= 0 && m.failed == 0 {
			m.failed = 1 + lo*lanes + failed
		}
		return count
	}
}
