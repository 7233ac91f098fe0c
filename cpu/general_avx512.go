//go:build goexperiment.simd && amd64

package cpu

import (
	"math/bits"

	"einet/dynamics"
	"einet/network"
)

// generalAVX512 is generalScalar, a tile in a vector.
func generalAVX512(p *population, m *moment, lo, hi int, hits []uint32) int {
	g, count := p.general, 0
	vReset, gridV, now := allF16(p.VReset), allF16(p.GridV), allI16(m.now)
	white, muu, kick, gridU := allF16(p.Noise.White), allF16(p.Noise.MUU), allF16(p.Noise.Kick), allF16(p.Noise.Grid)
	conductive := p.Neuron == network.LIFCond
	for i := lo; i < hi; i++ {
		t := p.state[i*g.rows:][:g.rows]
		real := uint32(1<<lanes - 1) // lanes that are neurons
		if over := (i+1)*lanes - p.Size; over > 0 {
			real >>= over
		}
		var x f16
		if conductive {
			var z uint32
			x, z = p.integrateCondAVX512(t, m)
			if z &= real; z != 0 && m.failed == 0 {
				m.failed = 1 + i*lanes + bits.TrailingZeros32(z)
			}
		} else {
			x = p.integrateAVX512(t, m)
		}
		if p.Noise.HasWhite() {
			x = x.Add(white.Mul(loadF16(&m.noise[0][i-lo])))
		}
		for r := range p.Receptors {
			if g.g[r] < 0 {
				x = x.Add(allF16(p.Receptors[r].Scale).Mul(loadI16(&m.arriving[r][i]).ConvertToFloat32()))
			}
		}
		v := loadF16(&t[rowV]).Add(gridV).Add(x).Sub(gridV)
		v = vReset.Merge(v, now.Less(loadF16(&t[rowUntil]).AsInt32x16()))
		p.decayAVX512(t, i, m)
		if g.u >= 0 {
			u := loadF16(&t[g.u])
			change := muu.Mul(u).Add(kick.Mul(loadF16(&m.noise[1][i-lo])))
			storeF16(u.Add(gridU).Add(change).Sub(gridU), &t[g.u])
		}
		storeF16(v, &t[rowV])
		threshold := allF16(p.VTh)
		if g.threshold >= 0 {
			threshold = loadF16(&t[g.threshold])
		}
		bits := uint32(v.GreaterEqual(threshold).ToBits()) & real
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	leave()
	return count
}

func (p *population) integrateAVX512(t [][lanes]float32, m *moment) f16 {
	g := p.general
	x := allF16(p.MVV).Mul(loadF16(&t[rowV]))
	for r := range p.Receptors {
		if g.g[r] >= 0 {
			x = x.Add(allF16(p.Receptors[r].PVR).Mul(loadF16(&t[g.g[r]])))
		}
		if g.y[r] >= 0 {
			x = x.Add(allF16(p.Receptors[r].PVY).Mul(loadF16(&t[g.y[r]])))
		}
	}
	x = x.Add(allF16(m.drive))
	if g.bias >= 0 {
		x = x.Add(loadF16(&t[g.bias]))
	}
	if g.u >= 0 {
		x = x.Add(allF16(p.Noise.PVU).Mul(loadF16(&t[g.u])))
	}
	return x
}

// integrateCondAVX512 returns also in which lanes the step is not resolved.
func (p *population) integrateCondAVX512(t [][lanes]float32, m *moment) (f16, uint32) {
	g := p.general
	total, current := allF16(p.Leak), allF16(m.drive)
	if g.bias >= 0 {
		current = current.Add(loadF16(&t[g.bias]))
	}
	if g.u >= 0 {
		current = current.Add(allF16(p.Noise.PVU).Mul(loadF16(&t[g.u])))
	}
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		h := allF16(rec.Half).Mul(loadF16(&t[g.g[r]]))
		if g.y[r] >= 0 {
			h = h.Add(allF16(rec.HalfY).Mul(loadF16(&t[g.y[r]])))
		}
		total = total.Add(h)
		current = current.Add(h.Mul(allF16(rec.Reversal)))
	}
	perC := allF16(p.PerC)
	z := perC.Mul(total)
	phi := allF16(dynamics.Phi[9])
	for c := 8; c >= 0; c-- {
		phi = phi.Mul(z).Add(allF16(dynamics.Phi[c]))
	}
	v := loadF16(&t[rowV])
	net := current.Sub(total.Mul(v))
	return perC.Mul(net).Mul(phi), uint32(z.Greater(allF16(dynamics.MaxZ)).ToBits())
}

func (p *population) decayAVX512(t [][lanes]float32, i int, m *moment) {
	g := p.general
	var zero i16
	for r := range p.Receptors {
		rec, a := &p.Receptors[r], &m.arriving[r][i]
		arrived := allF16(rec.Scale).Mul(loadI16(a).ConvertToFloat32())
		storeI16(zero, a)
		if g.g[r] < 0 {
			continue
		}
		into, prr, grid := g.g[r], allF16(rec.PRR), allF16(rec.Grid)
		if g.y[r] >= 0 {
			x := prr.Mul(loadF16(&t[g.g[r]])).Add(allF16(rec.PGY).Mul(loadF16(&t[g.y[r]])))
			storeF16(x.Add(grid).Sub(grid), &t[g.g[r]])
			into = g.y[r]
		}
		x := prr.Mul(loadF16(&t[into])).Add(arrived)
		storeF16(x.Add(grid).Sub(grid), &t[into])
	}
}
