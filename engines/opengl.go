package engines

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"einet/dynamics"
	"einet/gpu"
	"einet/ranks"
)

// OpenGL is how a machine's devices are reached.
type OpenGL struct {
	Devices func() ([]gpu.Device, error)
	Open    func(selector string) (*gpu.Context, error)
	Probe   func(*gpu.Context) error
	May     func() bool               // tells whether a look at the devices may find hardware; nil: it may
	Lacks   func([]gpu.Device) string // what hardware lacks to be among the devices; "": nothing; nil: that is not known

	// Dispatches is how long two of them take, 0 if that is not known; nil: Auto takes hardware for the smallest of networks too.
	Dispatches func(context.Context, *gpu.Context) time.Duration
}

// InProcess reaches the devices from this process, which a driver that crashes takes with it.
var InProcess = OpenGL{Devices: gpu.Devices, Open: gpu.Open, Probe: Probe, Dispatches: Dispatches}

// Hardware lists the devices if the first is hardware, and else none.
func (g OpenGL) Hardware() ([]gpu.Device, error) {
	if g.May != nil && !g.May() {
		return nil, nil
	}
	devices, err := g.Devices()
	if len(devices) > 0 && devices[0].Software {
		return nil, err
	}
	return devices, err
}

// lacks tells what hardware lacks to be among the devices.
func (g OpenGL) lacks(tell Tell, message string, devices []gpu.Device) {
	if g.Lacks == nil {
		return
	}
	if why := g.Lacks(devices); why != "" {
		tell(message, "reason", why)
	}
}

// Tell hears what went otherwise than asked: a message, and pairs of name and value.
type Tell func(message string, args ...any)

// TellOfDevices tells of devices that did not open while others did.
func TellOfDevices(tell Tell, err error) {
	tell("some OpenGL devices did not open", "reason", OneLine(err))
}

// A NoDeviceError says why there is no place for a kind that runs on devices.
type NoDeviceError struct {
	Kind *Kind
	Err  error
}

func (e *NoDeviceError) Error() string { return OneLine(e.Err) }

func (e *NoDeviceError) Unwrap() error { return e.Err }

// Places are all those of a kind: the processor, or every OpenGL device, which are opened. Devices that do not open while others
// do are told of; where there is none it is a NoDeviceError.
func (g OpenGL) Places(k *Kind, tell Tell) ([]*Place, error) {
	if !k.OnDevices {
		return []*Place{OnProcessor(k, 0)}, nil
	}
	devices, err := g.Devices()
	if len(devices) == 0 {
		return nil, &NoDeviceError{k, err}
	}
	if err != nil {
		TellOfDevices(tell, err)
	}
	var places []*Place
	for _, d := range devices {
		c, err := g.Open(fmt.Sprint(d.Index))
		if err != nil {
			return nil, errors.Join(errors.New(OneLine(err)), CloseAll(places))
		}
		places = append(places, &Place{Kind: k, Context: c, GL: d})
	}
	return places, nil
}

// CloseAll frees the devices of places.
func CloseAll(places []*Place) error {
	var errs []error
	for _, p := range places {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// A Choice is which engine is to simulate, and how.
type Choice struct {
	Engine   string // the name of a kind, or Auto
	Device   string // of OpenGL, as gpu.Open selects; "": the first; several numbers (0,1,2): ranks
	Forms    gpu.Options
	Threads  int            // of the processor; 0: one for each
	Ranks    int            // that divide the network among them in this process; 0: one for each device that is named, if several are
	Exchange ranks.Exchange // with the ranks of other processes; nil: there are none
	Synapses Synapses
	Beside   int64 // bytes that are needed beside the engine and its synapses, by recorders for instance
}

const instead = "not the gpu engine but the cpu engine simulates"

// Choose makes the place that is meant ready for a network of that model: its device is open, its arithmetic is exact and there is
// memory for the network. A device whose choice was einet's own and that is not fit gives way to the processor, and tell hears
// of it.
func (g OpenGL) Choose(c Choice, m *dynamics.Model, tell Tell) (*Place, error) {
	if _, _, err := c.Synapses.Size(m.Network); err != nil {
		return nil, err
	}
	if c.IsDivided() {
		return g.divide(c, m, tell)
	}
	kind, known := g.pick(c, tell)
	if kind == nil {
		return nil, &InputError{fmt.Errorf("there is no engine %q", c.Engine)}
	}
	if !kind.OnDevices {
		p := OnProcessor(kind, c.Threads)
		return p, p.Fits(m, c.Synapses, c.Beside)
	}
	p, err := g.place(kind, c, m, known)
	if c.Device == "" && (err != nil || p.GL.Software) {
		g.lacks(tell, "software simulates, or nothing", nil)
	}
	if known == nil {
		return p, err
	}
	if err != nil {
		tell(instead, "device", known.Renderer, "reason", OneLine(err))
		p := OnProcessor(CPU, c.Threads)
		p.Why = unfit(known.Renderer, err)
		return p, p.Fits(m, c.Synapses, c.Beside)
	}
	p.tell, p.threads, p.rival = tell, c.Threads, g.rival(c, p, m)
	return p, nil
}

// unfit says why a device does not simulate.
func unfit(device string, why error) string { return device + ": " + OneLine(why) }

// rival is that of an open device; nil where memory or a number is lacking.
func (g OpenGL) rival(c Choice, p *Place, m *dynamics.Model) *rival {
	r := &rival{place: OnProcessor(CPU, c.Threads), now: time.Now}
	if g.Dispatches == nil || r.place.Fits(m, c.Synapses, c.Beside) != nil {
		return nil
	}
	if r.dispatches = g.Dispatches(context.Background(), p.Context); r.dispatches == 0 {
		return nil
	}
	return r
}

// pick is the kind that is meant, nil where there is none of that name, and, where the choice is einet's own, the device that it takes.
func (g OpenGL) pick(c Choice, tell Tell) (kind *Kind, known *gpu.Device) {
	switch {
	case c.Engine != Auto:
		return Named(c.Engine), nil
	case c.Device != "" || c.Forms != gpu.Options{}:
		return GPU, nil
	}
	devices, err := g.Hardware()
	if len(devices) > 0 {
		return GPU, &devices[0]
	}
	if err != nil && !errors.Is(err, gpu.ErrUnavailable) {
		TellOfDevices(tell, err)
	}
	g.lacks(tell, instead, devices)
	return CPU, nil
}

// place opens the device that is meant, which must be fit for the model. Where the device is known from a list, that holds.
func (g OpenGL) place(kind *Kind, c Choice, m *dynamics.Model, known *gpu.Device) (*Place, error) {
	context, err := g.Open(c.Device)
	if err != nil {
		var wrong *gpu.SelectorError
		if errors.As(err, &wrong) {
			return nil, err
		}
		return nil, &NoDeviceError{kind, err}
	}
	p := &Place{Kind: kind, Context: context, GL: context.Device(), Forms: c.Forms}
	if known != nil {
		p.GL = *known
	}
	err = g.Probe(context)
	if err == nil {
		err = p.Fits(m, c.Synapses, c.Beside)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// OneLine joins the causes of an error in one line.
func OneLine(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}
