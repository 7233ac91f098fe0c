package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"einet/bench"
	"einet/engines"
	"einet/network/language"
	"einet/network/presets"
)

// cases are the networks to simulate.
func (c *benchCmd) cases(ctx context.Context) ([]bench.Case, error) {
	if len(c.Networks) == 0 && len(c.Sizes) == 0 && len(c.Scale) == 0 {
		return c.ofSuite(ctx)
	}
	networks := c.Networks
	if len(networks) == 0 {
		networks = []string{presets.Default}
	}
	var list []bench.Case
	for _, name := range networks {
		if name == standardInput {
			return nil, usage(errors.New("--networks -: must be a preset or a file, which can be read for each size again"))
		}
		f := networkFlags{Network: name, changeFlags: changeFlags{Set: slices.Clone(c.Set)}}
		if c.FixedIndegree {
			f.Set = append(f.Set, bench.FixedInDegree)
		}
		scales, flags, err := c.scales(ctx, f)
		if err != nil {
			return nil, err
		}
		for i, s := range scales {
			x, err := c.newCase(ctx, f, s, inSpan(1000))
			if err != nil && flags[i] != "" {
				err = usage(fmt.Errorf("%s: %w", flags[i], err))
			}
			if err != nil {
				return nil, err
			}
			list = append(list, x)
		}
	}
	return list, nil
}

// scales are the factors on a network's size, and the flags that they come from.
func (c *benchCmd) scales(ctx context.Context, f networkFlags) (scales []float64, flags []string, err error) {
	for _, s := range c.Scale {
		if s <= 0 {
			return nil, nil, usage(fmt.Errorf("--scale %g: must be a factor above 0", s))
		}
		scales, flags = append(scales, s), append(flags, "") // faults name it already
	}
	if len(c.Sizes) == 0 {
		if len(scales) == 0 {
			return []float64{1}, []string{""}, nil
		}
		return scales, flags, nil
	}
	f.Scale = 1
	own, err := f.load(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, size := range c.Sizes {
		if size < 10 {
			return nil, nil, usage(fmt.Errorf("--sizes %d: must be at least 10", size))
		}
		scales, flags = append(scales, float64(size)/float64(own.Neurons())), append(flags, fmt.Sprintf("--sizes %d", size))
	}
	return scales, flags, nil
}

// newCase loads a network at a scale.
func (c *benchCmd) newCase(ctx context.Context, f networkFlags, scale float64, duration span) (bench.Case, error) {
	if c.Duration != nil {
		duration = *c.Duration
	}
	f.Scale = scale
	net, err := f.load(ctx, nil)
	if err != nil {
		return bench.Case{}, err
	}
	steps, err := onGrid("--duration", duration, net)
	if err != nil {
		return bench.Case{}, err
	}
	if steps < 1 {
		return bench.Case{}, usage(fmt.Errorf("--duration %v: must be at least dt (%g ms)", duration, net.Dt))
	}
	x := bench.Case{Network: net, Set: f.Set, Steps: steps}
	if c.synapses() == engines.Procedural {
		x.Connectivity = bench.Procedural
	}
	return x, nil
}

// ofSuite is what --suite says.
func (c *benchCmd) ofSuite(ctx context.Context) ([]bench.Case, error) {
	if c.synapses() == engines.Procedural {
		return nil, usage(errors.New("--connectivity procedural: not all networks of the suites can be drawn again by source: choose some with --networks"))
	}
	specs := bench.Standard()
	switch c.Suite {
	case "peers":
		specs = bench.Peers()
	case "published":
		specs = bench.Published()
	case "plastic":
		specs = bench.Plastic()
	}
	var list []bench.Case
	for _, s := range specs {
		scale := 1.0
		if s.Neurons > 0 {
			own, err := presets.Load(s.Preset, language.Options{})
			if err != nil {
				return nil, err
			}
			scale = float64(s.Neurons) / float64(own.Neurons())
		}
		f := networkFlags{Network: s.Preset, changeFlags: changeFlags{Set: slices.Concat(s.Set, c.Set)}}
		x, err := c.newCase(ctx, f, scale, inSpan(s.Ms))
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// places are those of the engines that the flags name; the processor stands once, for any number of
// threads. A device that was not asked for by name need not be there.
func (c *benchCmd) places(t *terminal) (places []*engines.Place, none error, err error) {
	hardware := len(c.Engines) == 0 && c.ofOthers()
	kinds := engines.All
	switch {
	case hardware:
		kinds = []*engines.Kind{engines.CPU}
		if devices, _ := t.gl.Hardware(); len(devices) > 0 {
			kinds = append(kinds, engines.GPU)
		} else { // this einet may not be able to open others: see handOver
			fmt.Fprintf(t.err, "einet: without the %s engine: there is no OpenGL hardware (--engines %s,%s takes software, too)\n", engines.GPU.Name, engines.CPU.Name, engines.GPU.Name)
		}
	case len(c.Engines) > 0 && !slices.Contains(c.Engines, "all"):
		// the reference first: the others' speed is in terms of it
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k *engines.Kind) bool { return !slices.Contains(c.Engines, k.Name) })
	}
	places, err = t.places(kinds)
	var missing *engines.NoDeviceError
	switch {
	case errors.As(err, &missing) && slices.Contains(c.Engines, missing.Kind.Name):
		return nil, nil, machine(errors.Join(fmt.Errorf("--engines %s: %w; --engines %s needs none", missing.Kind.Name, missing, engines.CPU.Name), engines.CloseAll(places)))
	case missing != nil:
		fmt.Fprintf(t.err, "einet: without the %s engine: %s\n", missing.Kind.Name, missing)
		return places, missing, nil
	case err == nil && hardware:
		places = withoutSoftware(t, places)
	}
	return places, nil, err
}

// withoutSoftware leaves out OpenGL devices that compute on the processor, and says so.
func withoutSoftware(t *terminal, places []*engines.Place) []*engines.Place {
	return slices.DeleteFunc(places, func(p *engines.Place) bool {
		if !p.OnDevices || !p.GL.Software {
			return false
		}
		fmt.Fprintf(t.err, "einet: without %s %s, which computes on the processor (--engines %s,%s takes it too)\n", p.Name, p.Device(), engines.CPU.Name, p.Name)
		if err := p.Close(); err != nil {
			t.log.Warn("an OpenGL device did not close", "reason", engines.OneLine(err))
		}
		return true
	})
}
