//go:build goexperiment.simd && amd64

package cpu

// countAVX512 is countScalar, 512 neurons in a vector.
func countAVX512(p *planes, rows [][]uint64, words int) {
	for i := 0; i+8 <= words; i += 8 {
		var p0, p1, p2, p3 u512
		for _, row := range rows {
			x := loadU512((*[8]uint64)(row[i:]))
			c0 := p0.And(x)
			c1 := p1.And(c0)
			c2 := p2.And(c1)
			p0, p1, p2, p3 = p0.Xor(x), p1.Xor(c0), p2.Xor(c1), p3.Xor(c2)
		}
		storeU512(p0, (*[8]uint64)(p[0][i:]))
		storeU512(p1, (*[8]uint64)(p[1][i:]))
		storeU512(p2, (*[8]uint64)(p[2][i:]))
		storeU512(p3, (*[8]uint64)(p[3][i:]))
	}
	leave()
}

// countAVX2 is countScalar, 256 neurons in a vector.
func countAVX2(p *planes, rows [][]uint64, words int) {
	for i := 0; i+4 <= words; i += 4 {
		var p0, p1, p2, p3 u256
		for _, row := range rows {
			x := loadU256((*[4]uint64)(row[i:]))
			c0 := p0.And(x)
			c1 := p1.And(c0)
			c2 := p2.And(c1)
			p0, p1, p2, p3 = p0.Xor(x), p1.Xor(c0), p2.Xor(c1), p3.Xor(c2)
		}
		storeU256(p0, (*[4]uint64)(p[0][i:]))
		storeU256(p1, (*[4]uint64)(p[1][i:]))
		storeU256(p2, (*[4]uint64)(p[2][i:]))
		storeU256(p3, (*[4]uint64)(p[3][i:]))
	}
	leave()
}

// weighAVX512 is weighScalar, a tile in a vector.
func weighAVX512(arriving [][lanes]int32, low, high []uint64, weight int32) {
	once, twice := allI16(weight), allI16(2*weight)
	add := func(a *[lanes]int32, x, y uint64) {
		sum := loadI16(a).Add(once.Masked(mask16(x))).Add(twice.Masked(mask16(y)))
		storeI16(sum, a)
	}
	whole := len(arriving) / 4
	low, high = low[:(len(arriving)+3)/4], high[:(len(arriving)+3)/4]
	for i, x := range low[:whole] {
		y, a := high[i], (*[4][lanes]int32)(arriving[4*i:])
		add(&a[0], x, y)
		add(&a[1], x>>16, y>>16)
		add(&a[2], x>>32, y>>32)
		add(&a[3], x>>48, y>>48)
	}
	for k := range arriving[4*whole:] {
		add(&arriving[4*whole+k], low[whole]>>(lanes*k), high[whole]>>(lanes*k))
	}
	leave()
}

// weighAVX2 is weighScalar, half a tile in a vector. Without mask registers, 32
// bits are put in every lane and each looks at its own.
func weighAVX2(arriving [][lanes]int32, low, high []uint64, weight int32) {
	once, twice := allI8(weight), allI8(2*weight)
	b0 := loadI8(&[8]int32{1, 2, 4, 8, 16, 32, 64, 128})
	b1, b2, b3 := b0.ShiftAllLeft(8), b0.ShiftAllLeft(16), b0.ShiftAllLeft(24)
	add := func(a *[8]int32, x, y, bit i8) {
		isX, isY := x.And(bit).Equal(bit).ToInt32x8(), y.And(bit).Equal(bit).ToInt32x8()
		storeI8(loadI8(a).Add(once.And(isX)).Add(twice.And(isY)), a)
	}
	pairs := len(arriving) / 2
	for i := range pairs {
		shift := 32 * (i % 2)
		x, y := allI8(int32(low[i/2]>>shift)), allI8(int32(high[i/2]>>shift))
		a := (*[2][lanes]int32)(arriving[2*i:])
		add(half(&a[0], 0), x, y, b0)
		add(half(&a[0], 8), x, y, b1)
		add(half(&a[1], 0), x, y, b2)
		add(half(&a[1], 8), x, y, b3)
	}
	if odd := arriving[2*pairs:]; len(odd) > 0 {
		shift := 32 * (pairs % 2)
		x, y := allI8(int32(low[pairs/2]>>shift)), allI8(int32(high[pairs/2]>>shift))
		add(half(&odd[0], 0), x, y, b0)
		add(half(&odd[0], 8), x, y, b1)
	}
	leave()
}
