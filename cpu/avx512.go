//go:build goexperiment.simd && amd64

package cpu

// updateAVX512 is updateScalar, a tile in a vector.
func updateAVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	if len(p.receptors) == 2 {
		return update2AVX512(p, m, lo, hi, hits)
	}
	return updateAnyAVX512(p, m, lo, hi, hits)
}

// update2AVX512 is for two receptors. Its constants and temporaries are as many
// as fit the 15 vector registers that Go uses, and all slices have one length, so
// that one index is in all of them.
func update2AVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	tiles := p.tilesOf4()[lo:hi]
	a0, a1 := m.arriving[0][lo:hi][:len(tiles)], m.arriving[1][lo:hi][:len(tiles)]
	pvv, drive, now := allF16(p.PVV), allF16(m.drive), allI16(m.now)
	vReset, vTh, gridV := allF16(p.VReset), allF16(p.VTh), allF16(p.GridV)
	r0, r1 := p.receptors[0], p.receptors[1]
	pvr0, prr0, grid0 := allF16(r0.pvr), allF16(r0.prr), allF16(r0.grid)
	pvr1, prr1, grid1 := allF16(r1.pvr), allF16(r1.prr), allF16(r1.grid)

	count := 0
	for i := range tiles {
		t := &tiles[i]
		x, y := loadF16(&t[rowV]).Mul(pvv), loadF16(&t[rowG])
		x = x.Add(y.Mul(pvr0))
		y = y.Mul(prr0).Add(loadI16(&a0[i]).ConvertToFloat32()).Add(grid0).Sub(grid0)
		storeF16(y, &t[rowG])

		y = loadF16(&t[rowG+1])
		x = x.Add(y.Mul(pvr1)).Add(drive)
		y = y.Mul(prr1).Add(loadI16(&a1[i]).ConvertToFloat32()).Add(grid1).Sub(grid1)
		storeF16(y, &t[rowG+1])

		var zero i16
		storeI16(zero, &a0[i])
		storeI16(zero, &a1[i])

		x = vReset.Merge(x, now.Less(loadF16(&t[rowUntil]).AsInt32x16()))
		x = x.Add(gridV).Sub(gridV)
		storeF16(x, &t[rowV])
		bits := uint32(x.GreaterEqual(vTh).ToBits())
		hits[count] = uint32(i)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	leave()
	return count
}

// updateAnyAVX512 is for any number of receptors.
func updateAnyAVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	pvv, drive, now := allF16(p.PVV), allF16(m.drive), allI16(m.now)
	vReset, vTh, gridV := allF16(p.VReset), allF16(p.VTh), allF16(p.GridV)
	var zero i16

	count := 0
	for i := lo; i < hi; i++ {
		t := p.state[i*p.rows():][:p.rows()]
		x := loadF16(&t[rowV]).Mul(pvv)
		for r := range p.receptors {
			c, g, a := &p.receptors[r], &t[rowG+r], &m.arriving[r][i]
			y, grid := loadF16(g), allF16(c.grid)
			x = x.Add(y.Mul(allF16(c.pvr)))
			y = y.Mul(allF16(c.prr)).Add(loadI16(a).ConvertToFloat32()).Add(grid).Sub(grid)
			storeF16(y, g)
			storeI16(zero, a)
		}
		x = vReset.Merge(x.Add(drive), now.Less(loadF16(&t[rowUntil]).AsInt32x16()))
		x = x.Add(gridV).Sub(gridV)
		storeF16(x, &t[rowV])
		bits := uint32(x.GreaterEqual(vTh).ToBits())
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	leave()
	return count
}
