package ranks

import (
	"cmp"
	"fmt"
	"slices"

	"einet/dynamics"
	"einet/sim"
)

// A rank has the synapses onto its neurons, and their weights. Synapses of a projection are numbered by source and then target, and ranks have
// ascending neurons: so of each source those of rank 0 come first, then those of rank 1, and so on.

// bySource is how many synapses each rank has of each source of a projection with long-term plasticity, [rank][source]; nil of a rank without any.
func (e *Engine) bySource(projection int) ([][]uint32, error) {
	if e.counts[projection] == nil {
		if _, err := e.ask(appendInts(nil, opCounts, projection)); err != nil { // every rank keeps the answers
			return nil, err
		}
	}
	return e.counts[projection], nil
}

// eachRow calls do for the synapses of each source that each rank has: the first of them among all, and among the rank's own.
func eachRow(rows [][]uint32, do func(rank, source int, first, own, n int64)) {
	own := make([]int64, len(rows))
	first, sources := int64(0), 0
	for _, counts := range rows {
		sources = max(sources, len(counts))
	}
	for j := range sources {
		for r, counts := range rows {
			if len(counts) == 0 {
				continue
			}
			n := int64(counts[j])
			do(r, j, first, own[r], n)
			first, own[r] = first+n, own[r]+n
		}
	}
}

// SynapsesOf is how many synapses a projection with long-term plasticity has.
func (e *Engine) SynapsesOf(projection int) (int64, error) {
	rows, err := e.bySource(projection)
	return synapsesOf(rows), err
}

func synapsesOf(rows [][]uint32) (n int64) {
	for _, counts := range rows {
		for _, k := range counts {
			n += int64(k)
		}
	}
	return n
}

// EachSynapse calls do for every synapse of a projection with long-term plasticity, in their order, as connectome.Projection.Each.
func (e *Engine) EachSynapse(projection int, do func(source, target int, weight, delay uint32) error) error {
	if err := sim.CheckWeights(e.model, projection); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	rows, err := e.bySource(projection)
	if err != nil {
		return err
	}
	answers, err := e.ask(appendInts(nil, opSynapses, projection))
	if err != nil {
		return err
	}
	eachRow(rows, func(rank, source int, _, own, n int64) {
		for i := own; i < own+n && err == nil; i++ {
			if int64(len(answers[rank])) < 3*(i+1) {
				err = errShort
				return
			}
			s := answers[rank][3*i:]
			err = do(source, int(s[0]), s[1], s[2])
		}
	})
	return err
}

// Weights appends the weights of a projection with long-term plasticity.
func (e *Engine) Weights(projection int, dst []uint32) ([]uint32, error) {
	if err := sim.CheckWeights(e.model, projection); err != nil {
		return dst, fmt.Errorf("ranks: %w", err)
	}
	rows, err := e.bySource(projection)
	if err != nil {
		return dst, err
	}
	answers, err := e.ask(appendInts(nil, opWeights, projection))
	if err != nil {
		return dst, err
	}
	eachRow(rows, func(rank, _ int, _, own, n int64) {
		if int64(len(answers[rank])) < own+n {
			err = errShort
			return
		}
		dst = append(dst, answers[rank][own:own+n]...)
	})
	return dst, err
}

// GatherWeights copies the weights of some synapses, by their numbers.
func (e *Engine) GatherWeights(projection int, synapses []int64, dst []uint32) error {
	var rows [][]uint32
	if sim.CheckWeights(e.model, projection) == nil {
		var err error
		if rows, err = e.bySource(projection); err != nil {
			return err
		}
	}
	if err := sim.CheckGatherWeights(e.model, projection, synapsesOf(rows), synapses, dst); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	order := make([]int, len(synapses)) // of their numbers
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(synapses[a], synapses[b]) })
	words, places, next := appendInts(nil, opGatherWeights, projection), make([][]int, e.ranks), order
	eachRow(rows, func(rank, _ int, first, own, n int64) {
		for ; len(next) > 0 && synapses[next[0]] < first+n; next = next[1:] {
			words, places[rank] = append(words, uint32(rank), uint32(own+synapses[next[0]]-first)), append(places[rank], next[0])
		}
	})
	answers, err := e.ask(words)
	if err != nil {
		return err
	}
	for r, of := range places {
		if len(answers[r]) != len(of) {
			return errShort
		}
		for k, i := range of {
			dst[i] = answers[r][k]
		}
	}
	return nil
}

// Coming copies what spikes are yet to bring to a receptor by projections with long-term plasticity.
func (e *Engine) Coming(population, receptor int, dst []int32) error {
	if err := sim.CheckComing(e.model, population, receptor, dst); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	answers, err := e.ask(appendInts(nil, opComing, population, receptor))
	if err != nil {
		return err
	}
	size := e.model.Populations[population].Size
	for r, words := range answers {
		own := e.own[r][population]
		if len(words) != e.model.MaxDelay*own.Size() {
			return errShort
		}
		for k, w := range words {
			dst[k/own.Size()*size+own.First+k%own.Size()] = int32(w)
		}
	}
	return nil
}

// LoadPlastic gives each rank its part of the state of long-term plasticity.
func (e *Engine) LoadPlastic(p *sim.Plastic) error {
	words := appendInts(nil, opLoadPlastic)
	for k := range e.model.Projections {
		if e.model.Projections[k].Plasticity == nil {
			continue
		}
		rows, err := e.bySource(k)
		if err != nil {
			return err
		}
		if n := synapsesOf(rows); n != int64(len(p.Weights[k])) {
			return fmt.Errorf("ranks: %d weights of projection %d, which has %d synapses", len(p.Weights[k]), k, n)
		}
		words = append(words, p.Weights[k]...)
		words = appendTraces(appendTraces(words, p.Sources[k]), p.Targets[k])
	}
	for _, receptors := range p.Coming {
		for _, sums := range receptors {
			for _, sum := range sums {
				words = append(words, uint32(sum))
			}
		}
	}
	_, err := e.ask(words)
	return err
}

func appendTraces(words []uint32, traces []dynamics.PlasticTrace) []uint32 {
	for _, t := range traces {
		words = append(words, t.Last, t.Fast, t.Slow)
	}
	return words
}

func (m *message) traces(dst []dynamics.PlasticTrace) {
	for i := range dst {
		dst[i] = dynamics.PlasticTrace{Last: m.word(), Fast: m.word(), Slow: m.word()}
	}
}

// plasticPart is the part of a told state that a rank has.
func (e *Engine) plasticPart(r *member, m *message) (*sim.Plastic, error) {
	part := sim.NewPlastic(r.model)
	for k := range e.model.Projections {
		q := &e.model.Projections[k]
		if q.Plasticity == nil {
			continue
		}
		weights := m.take(int(synapsesOf(e.counts[k])))
		sources, targets := make([]dynamics.PlasticTrace, e.model.Populations[q.From].Size), make([]dynamics.PlasticTrace, e.model.Populations[q.To].Size)
		m.traces(sources)
		m.traces(targets)
		if m.short {
			return nil, errShort
		}
		at := r.places[k]
		if at < 0 {
			continue
		}
		eachRow(e.counts[k], func(rank, _ int, first, _, n int64) {
			if rank == r.rank {
				part.Weights[at] = append(part.Weights[at], weights[first:first+n]...)
			}
		})
		own := r.owned(q.To)
		part.Sources[at], part.Targets[at] = sources, targets[own.First:own.End]
	}
	for i := range e.model.Populations {
		size, own := e.model.Populations[i].Size, r.owned(i)
		for receptor := range e.model.Populations[i].Receptors {
			if !e.plasticTo(i, receptor) {
				continue
			}
			sums := m.take(e.model.MaxDelay * size)
			if m.short {
				return nil, errShort
			}
			if own.Size() == 0 {
				continue
			}
			to := part.Coming[r.here[i]][receptor]
			for k := range to {
				to[k] = int32(sums[k/own.Size()*size+own.First+k%own.Size()])
			}
		}
	}
	return part, nil
}

// plasticTo tells whether projections with long-term plasticity go to a receptor.
func (e *Engine) plasticTo(population, receptor int) bool {
	for k := range e.model.Projections {
		if p := &e.model.Projections[k]; p.Plasticity != nil && p.To == population && p.Receptor == receptor {
			return true
		}
	}
	return false
}

// plasticSaver is the rank's engine.
func (m *member) plasticSaver() (sim.PlasticSaver, error) {
	if e, can := m.engine.(sim.PlasticSaver); can {
		return e, nil
	}
	return nil, fmt.Errorf("the engine of rank %d has no long-term plasticity", m.rank)
}

// eachSynapse calls do for every synapse of a projection that the rank has.
func (m *member) eachSynapse(projection int, do func(source, target int, weight, delay uint32)) error {
	first := m.owned(m.whole.Projections[projection].To).First
	return m.synapses.Projections[m.places[projection]].Each(func(source, target int, weight, delay uint32) error {
		do(source, first+target, weight, delay)
		return nil
	})
}

// carryOutPlastic does what is said of long-term plasticity on a rank.
func (e *Engine) carryOutPlastic(op int, r *member, m *message) ([]uint32, error) {
	if r.engine == nil || !r.model.IsPlastic() {
		return nil, nil
	}
	s, err := r.plasticSaver()
	if err != nil {
		return nil, err
	}
	switch op {
	case opLoadPlastic:
		part, err := e.plasticPart(r, m)
		if err != nil {
			return nil, err
		}
		return nil, s.LoadPlastic(part)
	case opComing:
		return r.coming(s, m.int(), m.int())
	}
	projection := m.int()
	at := r.places[projection]
	if at < 0 {
		return nil, nil
	}
	var words []uint32
	switch op {
	case opCounts:
		words = make([]uint32, e.model.Populations[e.model.Projections[projection].From].Size)
		return words, r.eachSynapse(projection, func(source, _ int, _, _ uint32) { words[source]++ })
	case opSynapses:
		err := r.eachSynapse(projection, func(_, target int, weight, delay uint32) { words = append(words, uint32(target), weight, delay) })
		return words, err
	case opWeights:
		return s.Weights(at, nil)
	}
	var mine []int64
	for len(m.words) > 0 {
		if rank, number := m.int(), int64(m.word()); rank == r.rank {
			mine = append(mine, number)
		}
	}
	words = make([]uint32, len(mine))
	return words, s.GatherWeights(at, mine, words)
}

// coming is what is yet to come to the rank's neurons of a population.
func (m *member) coming(e sim.PlasticSaver, population, receptor int) (words []uint32, err error) {
	own := m.owned(population)
	if own.Size() == 0 {
		return nil, nil
	}
	sums := make([]int32, m.model.MaxDelay*own.Size())
	err = e.Coming(m.here[population], receptor, sums)
	for _, sum := range sums {
		words = append(words, uint32(sum))
	}
	return words, err
}

var _ sim.PlasticSaver = (*Engine)(nil)
