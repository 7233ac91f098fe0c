//go:build goexperiment.simd && amd64

package cpu

// updateAVX2 is updateScalar, half a tile in a vector.
func updateAVX2(p *population, m *moment, lo, hi int, hits []uint32) int {
	if len(p.receptors) == 2 {
		return update2AVX2(p, m, lo, hi, hits)
	}
	return updateAnyAVX2(p, m, lo, hi, hits)
}

// update2AVX2 is for two receptors.
func update2AVX2(p *population, m *moment, lo, hi int, hits []uint32) int {
	tiles := p.tilesOf4()[lo:hi]
	a0, a1 := m.arriving[0][lo:hi][:len(tiles)], m.arriving[1][lo:hi][:len(tiles)]
	mvv, drive, now := allF8(p.MVV), allF8(m.drive), allI8(m.now)
	vReset, vTh, gridV := allF8(p.VReset), allF8(p.VTh), allF8(p.GridV)
	r0, r1 := p.receptors[0], p.receptors[1]
	pvr0, prr0, grid0 := allF8(r0.pvr), allF8(r0.prr), allF8(r0.grid)
	pvr1, prr1, grid1 := allF8(r1.pvr), allF8(r1.prr), allF8(r1.grid)

	count := 0
	for i := range tiles {
		t, hit := &tiles[i], uint32(i)<<16
		for h := 0; h <= 8; h += 8 {
			v, y := loadF8(half(&t[rowV], h)), loadF8(half(&t[rowG], h))
			x := v.Mul(mvv).Add(y.Mul(pvr0))
			y = y.Mul(prr0).Add(loadI8(half(&a0[i], h)).ConvertToFloat32()).Add(grid0).Sub(grid0)
			storeF8(y, half(&t[rowG], h))

			y = loadF8(half(&t[rowG+1], h))
			x = x.Add(y.Mul(pvr1)).Add(drive)
			y = y.Mul(prr1).Add(loadI8(half(&a1[i], h)).ConvertToFloat32()).Add(grid1).Sub(grid1)
			storeF8(y, half(&t[rowG+1], h))

			var zero i8
			storeI8(zero, half(&a0[i], h))
			storeI8(zero, half(&a1[i], h))

			v = v.Add(gridV).Add(x).Sub(gridV)
			v = vReset.Merge(v, loadF8(half(&t[rowUntil], h)).AsInt32x8().Greater(now))
			storeF8(v, half(&t[rowV], h))
			hit |= uint32(v.GreaterEqual(vTh).ToBits()) << h
		}
		hits[count] = hit
		if hit&0xffff != 0 {
			count++
		}
	}
	leave()
	return count
}

// updateAnyAVX2 is for any number of receptors.
func updateAnyAVX2(p *population, m *moment, lo, hi int, hits []uint32) int {
	mvv, drive, now := allF8(p.MVV), allF8(m.drive), allI8(m.now)
	vReset, vTh, gridV := allF8(p.VReset), allF8(p.VTh), allF8(p.GridV)
	var zero i8

	count := 0
	for i := lo; i < hi; i++ {
		t, hit := p.state[i*p.rows():][:p.rows()], uint32(i-lo)<<16
		for h := 0; h <= 8; h += 8 {
			v := loadF8(half(&t[rowV], h))
			x := v.Mul(mvv)
			for r := range p.receptors {
				c, g, a := &p.receptors[r], half(&t[rowG+r], h), half(&m.arriving[r][i], h)
				y, grid := loadF8(g), allF8(c.grid)
				x = x.Add(y.Mul(allF8(c.pvr)))
				y = y.Mul(allF8(c.prr)).Add(loadI8(a).ConvertToFloat32()).Add(grid).Sub(grid)
				storeF8(y, g)
				storeI8(zero, a)
			}
			v = v.Add(gridV).Add(x.Add(drive)).Sub(gridV)
			v = vReset.Merge(v, loadF8(half(&t[rowUntil], h)).AsInt32x8().Greater(now))
			storeF8(v, half(&t[rowV], h))
			hit |= uint32(v.GreaterEqual(vTh).ToBits()) << h
		}
		hits[count] = hit
		if hit&0xffff != 0 {
			count++
		}
	}
	leave()
	return count
}
