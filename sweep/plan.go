package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"einet/connectome"
	"einet/fault"
	"einet/network"
	"einet/network/language"
)

// A Plan is the points of a sweep: every combination of the axes' values, the last axis first, each with every seed.
type Plan struct {
	Base  *network.Network // with no value varied
	Axes  []Axis
	Seeds []uint32
	Runs  []*Run // [point*len(Seeds)+seed]

	DiscardMs float64
	Version   string // of einet

	load Load
}

// A Run is a point with one of the seeds.
type Run struct {
	Values []string // of each axis
	Seed   uint32
	Err    error // why there is no result

	net  *network.Network
	key  connectome.Key
	file string // of the result; empty where the network could not be made
	name string // the values as a line has them
}

// A Load gives the network that is swept, with assignments as --set has them, and a seed.
type Load func(set []string, seed *uint32) (*network.Network, error)

// NewPlan makes the networks of all points. Those that can't be have an Err; it is an error where there is no other.
func NewPlan(load Load, axes []Axis, seeds int, discardMs float64, version string) (*Plan, error) {
	sizes, points, err := grid(axes)
	if err != nil {
		return nil, err
	}
	if seeds < 1 || points*seeds > MostRuns {
		return nil, fmt.Errorf("--seeds %d: must be from 1 to %d for %d points", seeds, MostRuns/points, points)
	}
	p := &Plan{Axes: axes, DiscardMs: discardMs, Version: version, load: load}
	if p.Base, err = load(nil, nil); err != nil {
		return nil, err
	}
	if path := p.Base.WeightsOfSeed(); path != "" && seeds > 1 {
		return nil, fmt.Errorf("--seeds %d: must be 1: %s are of the synapses of seed %d", seeds, path, p.Base.Seed)
	}
	for k := range seeds {
		p.Seeds = append(p.Seeds, p.Base.Seed+uint32(k))
	}
	places := make([]int, len(axes))
	for range points {
		for _, seed := range p.Seeds {
			r := &Run{Seed: seed}
			for i, a := range axes {
				r.Values = append(r.Values, a.Values[places[i]])
			}
			r.Err = p.make(r, load)
			p.Runs = append(p.Runs, r)
		}
		for i := len(places) - 1; i >= 0; i-- {
			if places[i]++; places[i] < sizes[i] {
				break
			}
			places[i] = 0
		}
	}
	return p, p.check()
}

// check is an error where no network could be made, and all for one reason.
func (p *Plan) check() error {
	if slices.ContainsFunc(p.Runs, func(r *Run) bool { return r.Err == nil }) {
		return nil
	}
	return p.Runs[0].Err
}

// make makes the network of a run.
func (p *Plan) make(r *Run, load Load) (err error) {
	var set []string
	var named []string
	for i, a := range p.Axes {
		set, named = append(set, a.Path+"="+r.Values[i]), append(named, a.Name+"="+r.Values[i])
	}
	if r.name = strings.Join(named, ", "); len(p.Seeds) > 1 {
		r.name += fmt.Sprintf(", seed %d", r.Seed)
	}
	if r.net, err = load(set, &r.Seed); err != nil {
		return r.blamed(err, set, named)
	}
	text, err := language.Marshal(r.net)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%g\n%s", p.DiscardMs, text))
	r.file, r.key = hex.EncodeToString(sum[:10])+".json", connectome.KeyOf(r.net)
	return nil
}

// blamed puts --vary where a fault names the --set that it stands for, and what is varied before faults that name none of it.
func (r *Run) blamed(err error, set, named []string) error {
	var all interface{ Unwrap() []error }
	list := []error{err}
	if errors.As(err, &all) {
		list = slices.Clone(all.Unwrap())
	}
	for k, one := range list {
		var f fault.Error
		i := -1
		if errors.As(one, &f) {
			i = slices.Index(set, strings.TrimPrefix(f.Source, "--set "))
		}
		if i < 0 {
			list[k] = fmt.Errorf("%s: %w", r.name, one)
			continue
		}
		f.Source = "--vary " + named[i]
		list[k] = f
	}
	return errors.Join(list...)
}

// byConnectome are runs in the order in which those that share a connectome follow one another.
func byConnectome(runs []*Run) []*Run {
	first := map[connectome.Key]int{}
	for i, r := range runs {
		if _, ok := first[r.key]; !ok {
			first[r.key] = i
		}
	}
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b *Run) int { return first[a.key] - first[b.key] })
	return sorted
}

// part is every n-th of the runs, from the k-th on, as they are simulated one after another. It does not depend on what is there already.
func (p *Plan) part(k, n int) []*Run {
	all := slices.DeleteFunc(slices.Clone(p.Runs), func(r *Run) bool { return r.net == nil })
	var some []*Run
	for i, r := range byConnectome(all) {
		if i%n == k-1 {
			some = append(some, r)
		}
	}
	return some
}
