package cpu

import "unsafe"

// deliverPacked is deliver for a segment whose synapses have weights and delays of
// their own.
func (e *Engine) deliverPacked(s *share, g *segment, w *window) {
	to := &e.populations[g.To]
	slots, stride := int64(len(to.arriving)), len(to.Receptors)*to.tiles*lanes
	for k := range w.steps {
		var at [1 << 6]int // where the input of each delay's slot begins
		for d := range g.MaxDelay - g.Delay + 1 {
			slot := int((w.n + int64(1+k+g.Delay+d)) % slots)
			at[d] = slot*stride + g.Receptor*to.tiles*lanes + g.first
		}
		for _, from := range e.sources[g.From] {
			fired := from.fired(w, k)
			for i, j := range fired {
				if i+rowsAhead < len(fired) {
					fetch(unsafe.Add(unsafe.Pointer(unsafe.SliceData(g.packed)), 4*uintptr(g.begin[fired[i+rowsAhead]])))
				}
				addPacked(to.flat, &at, g.weights, g.packed[g.begin[j]:g.end[j]])
			}
		}
	}
}

// addPacked adds each synapse's weight to its target in the slot of its delay.
func addPacked(flat []int32, at *[1 << 6]int, weights *[1 << 10]int32, synapses []uint32) {
	for _, x := range synapses {
		flat[at[x>>10&63]+int(x>>16)] += weights[x&1023]
	}
}
