//go:build cgo && !nogl

package gpu

// Binding points of simulate.
const (
	bindRingOfReplicas, bindReplicas, bindPopulationsOfReplicas, bindDrivesOfReplicas   = 0, 1, 2, 3
	bindSourcesOfReplicas, bindSegmentsOfReplicas, bindRowsOfReplicas, bindTargetsOfAll = 4, 5, 6, 7
)

// uploadState gives each replica what its neurons begin with.
func (r *Replicas) uploadState() error {
	l := &r.layout
	words := make([]uint32, l.replicas*l.words)
	for k, m := range r.models {
		for i := range m.Populations {
			copy(words[k*l.words+l.states[i]:], initialWords(m, i))
		}
	}
	var err error
	if r.state, err = keep(r, "replicas", len(words), words); err != nil {
		return err
	}
	r.populations, err = keep(r, "populations", len(l.table), l.table)
	return err
}

// uploadPage uploads the synapses, with the weights of packed ones behind the rows, and
// compiles the kernel for them.
func (r *Replicas) uploadPage(p *page) error {
	m := r.models[0]
	sources, segments, most := p.tables(m, &r.layout.stateLayout)
	var err error
	if r.program, err = NewProgram(r.c, "simulate.comp", r.layout.defines(p, most)); err != nil {
		return err
	}
	if r.sources, err = keep(r, "sources", len(sources), sources); err != nil {
		return err
	}
	if r.segments, err = keep(r, "segments", len(segments), segments); err != nil {
		return err
	}
	weights := newWeightTables(m).all
	rows, err := keep[uint32](r, "rows", p.rows+len(weights), nil)
	if err != nil {
		return err
	}
	codes := make([]uint32, len(weights))
	for k, w := range weights {
		codes[k] = uint32(w)
	}
	if err := rows.Upload(p.rows, codes); err != nil {
		return err
	}
	targets, err := keep[uint16](r, "targets", p.sheets[0], nil)
	if err != nil {
		return err
	}
	r.rows, r.targets = rows, targets
	for i := range p.segments {
		s := &p.segments[i]
		if err := rows.Upload(s.row, s.rows()); err != nil {
			return err
		}
		if err := targets.Upload(s.target, s.targets()); err != nil {
			return err
		}
	}
	return nil
}
