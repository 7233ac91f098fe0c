//go:build goexperiment.simd && amd64

package cpu

import (
	"math/bits"

	"einet/dynamics"
	"einet/network"
)

// generalAVX2 is generalScalar, half a tile in a vector.
func generalAVX2(p *population, m *moment, lo, hi int, hits []uint32) int {
	count := 0
	for i := lo; i < hi; i++ {
		real := uint32(1<<lanes - 1) // lanes that are neurons
		if over := (i+1)*lanes - p.Size; over > 0 {
			real >>= over
		}
		low, lowFailed := p.halfAVX2(m, i, i-lo, 0)
		high, highFailed := p.halfAVX2(m, i, i-lo, 8)
		if failed := (lowFailed | highFailed<<8) & real; failed != 0 && m.failed == 0 {
			m.failed = 1 + i*lanes + bits.TrailingZeros32(failed)
		}
		bits := (low | high<<8) & real
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	leave()
	return count
}

// halfAVX2 takes the lanes of tile i from h on over a step, and returns which reached their
// threshold and in which the step was not resolved.
func (p *population) halfAVX2(m *moment, i, n, h int) (bits, failed uint32) {
	g := p.general
	t := p.state[i*g.rows:][:g.rows]
	var x f8
	if p.Neuron == network.LIFCond {
		x, failed = p.integrateCondAVX2(t, m, h)
	} else {
		x = p.integrateAVX2(t, m, h)
	}
	if p.Noise.HasWhite() {
		x = x.Add(allF8(p.Noise.White).Mul(loadF8(half(&m.noise[0][n], h))))
	}
	for r := range p.Receptors {
		if g.g[r] < 0 {
			x = x.Add(allF8(p.Receptors[r].Scale).Mul(loadI8(half(&m.arriving[r][i], h)).ConvertToFloat32()))
		}
	}
	grid, threshold := allF8(p.GridV), allF8(p.VTh)
	v := loadF8(half(&t[rowV], h)).Add(grid).Add(x).Sub(grid)
	v = allF8(p.VReset).Merge(v, loadF8(half(&t[rowUntil], h)).AsInt32x8().Greater(allI8(m.now)))
	p.decayAVX2(t, i, h, m)
	if g.u >= 0 {
		u, grid := half(&t[g.u], h), allF8(p.Noise.Grid)
		kicked := allF8(p.Noise.Kick).Mul(loadF8(half(&m.noise[1][n], h)))
		change := allF8(p.Noise.MUU).Mul(loadF8(u)).Add(kicked)
		storeF8(loadF8(u).Add(grid).Add(change).Sub(grid), u)
	}
	if g.threshold >= 0 {
		threshold = loadF8(half(&t[g.threshold], h))
	}
	storeF8(v, half(&t[rowV], h))
	return uint32(v.GreaterEqual(threshold).ToBits()), failed
}

func (p *population) integrateAVX2(t [][lanes]float32, m *moment, h int) f8 {
	g := p.general
	x := allF8(p.MVV).Mul(loadF8(half(&t[rowV], h)))
	for r := range p.Receptors {
		if g.g[r] >= 0 {
			x = x.Add(allF8(p.Receptors[r].PVR).Mul(loadF8(half(&t[g.g[r]], h))))
		}
		if g.y[r] >= 0 {
			x = x.Add(allF8(p.Receptors[r].PVY).Mul(loadF8(half(&t[g.y[r]], h))))
		}
	}
	x = x.Add(allF8(m.drive))
	if g.bias >= 0 {
		x = x.Add(loadF8(half(&t[g.bias], h)))
	}
	if g.u >= 0 {
		x = x.Add(allF8(p.Noise.PVU).Mul(loadF8(half(&t[g.u], h))))
	}
	return x
}

// integrateCondAVX2 returns also in which lanes the step is not resolved.
func (p *population) integrateCondAVX2(t [][lanes]float32, m *moment, h int) (f8, uint32) {
	g := p.general
	total, current := allF8(p.Leak), allF8(m.drive)
	if g.bias >= 0 {
		current = current.Add(loadF8(half(&t[g.bias], h)))
	}
	if g.u >= 0 {
		current = current.Add(allF8(p.Noise.PVU).Mul(loadF8(half(&t[g.u], h))))
	}
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		mid := allF8(rec.Half).Mul(loadF8(half(&t[g.g[r]], h)))
		if g.y[r] >= 0 {
			mid = mid.Add(allF8(rec.HalfY).Mul(loadF8(half(&t[g.y[r]], h))))
		}
		total = total.Add(mid)
		current = current.Add(mid.Mul(allF8(rec.Reversal)))
	}
	perC := allF8(p.PerC)
	z := perC.Mul(total)
	phi := allF8(dynamics.Phi[9])
	for c := 8; c >= 0; c-- {
		phi = phi.Mul(z).Add(allF8(dynamics.Phi[c]))
	}
	v := loadF8(half(&t[rowV], h))
	net := current.Sub(total.Mul(v))
	return perC.Mul(net).Mul(phi), uint32(z.Greater(allF8(dynamics.MaxZ)).ToBits())
}

func (p *population) decayAVX2(t [][lanes]float32, i, h int, m *moment) {
	g := p.general
	var zero i8
	for r := range p.Receptors {
		rec, a := &p.Receptors[r], half(&m.arriving[r][i], h)
		arrived := allF8(rec.Scale).Mul(loadI8(a).ConvertToFloat32())
		storeI8(zero, a)
		if g.g[r] < 0 {
			continue
		}
		into, prr, grid := half(&t[g.g[r]], h), allF8(rec.PRR), allF8(rec.Grid)
		if g.y[r] >= 0 {
			x := prr.Mul(loadF8(into)).Add(allF8(rec.PGY).Mul(loadF8(half(&t[g.y[r]], h))))
			storeF8(x.Add(grid).Sub(grid), into)
			into = half(&t[g.y[r]], h)
		}
		x := prr.Mul(loadF8(into)).Add(arrived)
		storeF8(x.Add(grid).Sub(grid), into)
	}
}
