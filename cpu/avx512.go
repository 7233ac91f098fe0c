//go:build goexperiment.simd && amd64

package cpu

// updateAVX512 is updateScalar, a tile in a vector.
func updateAVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	if len(p.receptors) == 2 {
		return update2AVX512(p, m, lo, hi, hits)
	}
	return updateAnyAVX512(p, m, lo, hi, hits)
}

// constants2 is what update2 has in its registers.
type constants2 struct {
	mvv, pvr0, prr0, grid0 float32
	pvr1, prr1, grid1      float32
	drive                  float32
	now                    int32
	vReset, gridV, vTh     float32
}

// update2 takes so many tiles of two receptors, one at least, through a step and returns how many hits
// it wrote. The compiler uses half of the registers, and so keeps some constants in memory.
//
//go:noescape
func update2(state *[4][lanes]float32, a0, a1 *[lanes]int32, tiles int, c *constants2, hits *uint32) int

func update2AVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	if lo == hi {
		return 0
	}
	tiles := p.tilesOf4()[lo:hi]
	a0, a1 := m.arriving[0][lo:hi][:len(tiles)], m.arriving[1][lo:hi][:len(tiles)]
	r0, r1 := &p.receptors[0], &p.receptors[1]
	c := constants2{
		mvv: p.MVV, pvr0: r0.pvr, prr0: r0.prr, grid0: r0.grid, pvr1: r1.pvr, prr1: r1.prr, grid1: r1.grid,
		drive: m.drive, now: m.now, vReset: p.VReset, gridV: p.GridV, vTh: p.VTh,
	}
	hits = hits[:len(tiles)]
	return update2(&tiles[0], &a0[0], &a1[0], len(tiles), &c, &hits[0])
}

// updateAnyAVX512 is for any number of receptors.
func updateAnyAVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	mvv, drive, now := allF16(p.MVV), allF16(m.drive), allI16(m.now)
	vReset, vTh, gridV := allF16(p.VReset), allF16(p.VTh), allF16(p.GridV)
	var zero i16

	count := 0
	for i := lo; i < hi; i++ {
		t := p.state[i*p.rows():][:p.rows()]
		v := loadF16(&t[rowV])
		x := v.Mul(mvv)
		for r := range p.receptors {
			c, g, a := &p.receptors[r], &t[rowG+r], &m.arriving[r][i]
			y, grid := loadF16(g), allF16(c.grid)
			x = x.Add(y.Mul(allF16(c.pvr)))
			y = y.Mul(allF16(c.prr)).Add(loadI16(a).ConvertToFloat32()).Add(grid).Sub(grid)
			storeF16(y, g)
			storeI16(zero, a)
		}
		v = v.Add(gridV).Add(x.Add(drive)).Sub(gridV)
		v = vReset.Merge(v, now.Less(loadF16(&t[rowUntil]).AsInt32x16()))
		storeF16(v, &t[rowV])
		bits := uint32(v.GreaterEqual(vTh).ToBits())
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	leave()
	return count
}
