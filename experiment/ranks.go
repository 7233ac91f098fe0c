package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"einet/dynamics"
	"einet/engines"
	"einet/network/language"
	"einet/ranks"
	"einet/record/hdf5"
)

// A plan is what rank 0 tells the others to simulate.
type plan struct {
	Network string            `json:"network"`
	Changes []dynamics.Change `json:"changes"`
}

// startRanks gives the network to ranks: of this process, or of this and others.
func (r *simulation) startRanks(ctx context.Context) (err error) {
	if x := r.o.Exchange; x != nil {
		text, err := language.Marshal(r.net)
		if err != nil {
			return err
		}
		told, err := json.Marshal(plan{string(text), r.model.Changes()})
		if err != nil {
			return err
		}
		if err := ranks.Tell(ctx, x, told); err != nil {
			return err
		}
	}
	r.divided, err = r.place.Divided(ctx, r.model, r.o.Threads)
	r.engine = r.divided
	return err
}

// Serve simulates a part of the network of a run whose rank 0 is another process, until that run ends. Of the options only the engine, threads
// and the watch count.
func Serve(ctx context.Context, o Options) error {
	o.Watch = o.Watch.heard()
	if o.Engine == "" {
		o.Engine = engines.Auto
	}
	if o.OpenGL.Devices == nil {
		o.OpenGL = engines.InProcess
	}
	told, err := ranks.Hear(ctx, o.Exchange)
	if err != nil {
		return err
	}
	e, place, err := o.join(ctx, told)
	if err != nil {
		return err
	}
	return errors.Join(e.Serve(), place.Close())
}

// join opens what the rank has of the network. Where it can't, all ranks hear of it.
func (o *Options) join(ctx context.Context, told []byte) (*ranks.Engine, *engines.Place, error) {
	m, err := read(told)
	var place *engines.Place
	if err == nil {
		place, err = o.OpenGL.Choose(o.Choice, m, o.Watch.Warn)
	}
	if err != nil {
		_, gone := o.Exchange.All(ctx, ranks.Refusal(err))
		return nil, nil, errors.Join(err, gone)
	}
	e, err := place.Divided(ctx, m, o.Threads)
	if err != nil {
		return nil, nil, errors.Join(err, place.Close())
	}
	return e, place, nil
}

// read is the model of a plan.
func read(told []byte) (*dynamics.Model, error) {
	var p plan
	if err := json.Unmarshal(told, &p); err != nil {
		return nil, err
	}
	net, err := language.Load(strings.NewReader(p.Network), "network", language.Options{Scale: 1, HDF5: hdf5.OpenTree})
	if err != nil {
		return nil, err
	}
	if err := net.Validate(); err != nil {
		return nil, err
	}
	m, err := dynamics.New(net)
	if err != nil {
		return nil, err
	}
	return m, m.Change(p.Changes...)
}
