package ranks

import (
	"context"
	"fmt"
	"slices"

	"einet/dynamics"
	"einet/sim"
)

// What rank 0 says to the others, in the first word of what it tells.
const (
	opClose = iota
	opAdvance
	opRead
	opGather
	opSave
	opLoad
	opResume
	opFollow

	opCounts // from here on of long-term plasticity
	opSynapses
	opWeights
	opGatherWeights
	opComing
	opLoadPlastic
)

// tell says to the other ranks what to do.
func (e *Engine) tell(ctx context.Context, words []uint32) error {
	_, err := e.exchange.All(ctx, words)
	if err != nil {
		e.stopped = err
	}
	return err
}

// Serve does what rank 0 says, until it closes the engine.
func (e *Engine) Serve() error {
	for {
		all, err := e.exchange.All(context.Background(), nil)
		if err != nil {
			return err
		}
		m := message{words: append([]uint32(nil), all[0]...)}
		switch op := m.int(); op {
		case opClose:
			return e.Close()
		case opAdvance:
			if err := e.advance(context.Background(), m.int()); err != nil {
				return err
			}
		default:
			if _, err := e.answer(op, &m); err != nil {
				return err
			}
		}
	}
}

// ask has every rank do something, and returns the answers by rank.
func (e *Engine) ask(words []uint32) ([][]uint32, error) {
	if e.stopped != nil {
		return nil, e.stopped // ranks are at different steps, or gone
	}
	if e.exchange != nil {
		if err := e.tell(context.Background(), words); err != nil {
			return nil, err
		}
	}
	m := message{words: words}
	return e.answer(m.int(), &m)
}

// answer does what is said on the ranks of this process, and returns the answers of all.
func (e *Engine) answer(op int, m *message) (done [][]uint32, err error) {
	defer func() {
		switch {
		case err != nil:
		case op == opFollow:
			e.setColumns(done)
		case op == opCounts:
			counts := make([][]uint32, len(done)) // answers are valid until the next
			for r := range done {
				counts[r] = slices.Clone(done[r])
			}
			e.counts[m.int()] = counts
		}
	}()
	done = make([][]uint32, e.ranks)
	failed := e.each(func(r *member) (err error) {
		said := *m
		done[r.rank], err = e.carryOut(op, r, &said)
		return err
	})
	if e.exchange == nil {
		return done, failed
	}
	all, err := e.exchange.All(context.Background(), appendAnswer(nil, failed, done[e.exchange.Rank()]))
	if err != nil {
		e.stopped = err
		return nil, err
	}
	for r, words := range all {
		a := message{words: words}
		if done[r], err = a.answer(); err != nil {
			e.stopped = &RankError{r, err}
			if r == e.exchange.Rank() {
				e.stopped = failed
			}
			return nil, e.stopped
		}
	}
	return done, nil
}

// carryOut does what is said on a rank.
func (e *Engine) carryOut(op int, r *member, m *message) ([]uint32, error) {
	switch op {
	case opRead:
		values, err := r.read(sim.Variable(m.int()), m.int(), m.int(), m.int())
		return appendFloats(nil, values), err
	case opGather:
		v, population := sim.Variable(m.int()), m.int()
		neurons := make([]int, len(m.words))
		for i := range neurons {
			neurons[i] = m.int()
		}
		values, err := r.gather(v, population, neurons)
		return appendFloats(nil, values), err
	case opSave:
		return r.save(e.rows[m.int()])
	case opLoad:
		row := e.rows[m.int()]
		return nil, r.load(row, m.take(row.Size))
	case opResume:
		step, n := int64(m.word()), m.int()
		underWay := m.spikes(n, nil)
		before, err := m.releases(len(e.model.Projections))
		if err != nil {
			return nil, err
		}
		e.step = step
		return nil, r.resume(step, underWay, before)
	case opFollow:
		list := make([]sim.Followed, len(m.words)/3)
		for i := range list {
			list[i] = sim.Followed{Variable: sim.Variable(m.int()), Population: m.int(), Neuron: m.int()}
		}
		err := r.follow(list)
		return appendInts(nil, r.columns...), err
	case opCounts, opSynapses, opWeights, opGatherWeights, opComing, opLoadPlastic:
		return e.carryOutPlastic(op, r, m)
	}
	return nil, fmt.Errorf("rank 0 says %d, which is nothing", op)
}

// Read copies a state variable of consecutive neurons of a population.
func (e *Engine) Read(v sim.Variable, population, first int, dst []float32) error {
	if err := sim.CheckRead(e.model, v, population, first, len(dst)); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	answers, err := e.ask(appendInts(nil, opRead, int(v), population, first, len(dst)))
	if err != nil {
		return err
	}
	return fill(dst, answers)
}

// fill puts what ranks have one behind the other.
func fill(dst []float32, answers [][]uint32) error {
	n := 0
	for _, words := range answers {
		if n+len(words) > len(dst) {
			return errShort
		}
		floats(words, dst[n:])
		n += len(words)
	}
	if n != len(dst) {
		return errShort
	}
	return nil
}

// Gather copies a state variable of neurons of a population, in any order.
func (e *Engine) Gather(v sim.Variable, population int, neurons []int, dst []float32) error {
	if err := sim.CheckGather(e.model, v, population, neurons, dst); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	if len(neurons) == 0 {
		return nil
	}
	answers, err := e.ask(appendInts(appendInts(nil, opGather, int(v), population), neurons...))
	if err != nil {
		return err
	}
	for k, i := range neurons {
		for r := range answers {
			if own := e.own[r][population]; i < own.First || i >= own.End {
				continue
			}
			if len(answers[r]) == 0 {
				return errShort
			}
			floats(answers[r][:1], dst[k:])
			answers[r] = answers[r][1:]
		}
	}
	return nil
}

// Releases copies the states of consecutive sources of a projection with short-term plasticity.
func (e *Engine) Releases(projection, first int, dst []dynamics.Release) error {
	if err := sim.CheckReleases(e.model, projection, first, len(dst)); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	copy(dst, e.releases.States[projection][first:])
	return nil
}

// rowOf is the number of a row.
func (e *Engine) rowOf(r sim.Row) (int, error) {
	for k, s := range e.rows {
		if s.Population == r.Population && s.State == r.State && s.Size == r.Size {
			return k, nil
		}
	}
	return 0, fmt.Errorf("ranks: there is no state %d of population %d", r.State, r.Population)
}

// Save copies a row of the state.
func (e *Engine) Save(r sim.Row, dst []uint32) error {
	k, err := e.rowOf(r)
	if err != nil {
		return err
	}
	answers, err := e.ask(appendInts(nil, opSave, k))
	if err != nil {
		return err
	}
	n := 0
	for _, words := range answers {
		n += copy(dst[n:], words)
	}
	if n != len(dst) {
		return errShort
	}
	return nil
}

// Load sets a row of the state.
func (e *Engine) Load(r sim.Row, words []uint32) error {
	k, err := e.rowOf(r)
	if err != nil {
		return err
	}
	_, err = e.ask(append(appendInts(nil, opLoad, k), words...))
	return err
}

// Resume goes on behind a step.
func (e *Engine) Resume(step int64, underWay []sim.Spike, before [][]dynamics.Release) error {
	if err := sim.CheckResume(e.model, e, step, underWay, before); err != nil {
		return fmt.Errorf("ranks: %w", err)
	}
	if before == nil {
		before = e.model.Releases()
	}
	words := appendSpikes([]uint32{opResume, uint32(step), uint32(len(underWay))}, underWay)
	if _, err := e.ask(appendReleases(words, before)); err != nil {
		return err
	}
	sim.CopyReleases(e.releases.States, before)
	for _, s := range underWay {
		e.factors = e.releases.Fire(s, e.factors[:0])
	}
	e.step = step
	return nil
}

// Follow makes Advance note variables after each step.
func (e *Engine) Follow(list []sim.Followed) error {
	words := appendInts(nil, opFollow)
	for _, f := range list {
		if err := sim.CheckRead(e.model, f.Variable, f.Population, f.Neuron, 1); err != nil {
			return fmt.Errorf("ranks: %w", err)
		}
		words = appendInts(words, int(f.Variable), f.Population, f.Neuron)
	}
	_, err := e.ask(words)
	return err
}

// setColumns makes known which columns of what is followed each rank has.
func (e *Engine) setColumns(answers [][]uint32) {
	e.width = 0
	for r, words := range answers {
		e.columns[r] = e.columns[r][:0]
		for m := (message{words: words}); len(m.words) > 0; e.width++ {
			e.columns[r] = append(e.columns[r], m.int())
		}
	}
}

// follow adds what ranks noted in a window of so many steps.
func (e *Engine) follow(ctx context.Context, steps int) error {
	if e.width == 0 {
		return nil
	}
	noted := make([][]uint32, e.ranks)
	for _, m := range e.members {
		noted[m.rank] = appendFloats(nil, m.followed())
	}
	if e.exchange != nil {
		var err error
		if noted, err = e.exchange.All(ctx, noted[e.exchange.Rank()]); err != nil {
			return err
		}
	}
	from := len(e.followed)
	e.followed = append(e.followed, make([]float32, steps*e.width)...)
	for r, words := range noted {
		if len(words) != steps*len(e.columns[r]) {
			return &RankError{r, errShort}
		}
		for k := range steps {
			for i, column := range e.columns[r] {
				floats(words[k*len(e.columns[r])+i:][:1], e.followed[from+k*e.width+column:])
			}
		}
	}
	return nil
}

// Followed is what the last Advance noted.
func (e *Engine) Followed() []float32 { return e.followed }
