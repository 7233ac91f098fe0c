package gpu

// Options choose between forms of kernels, which all give the same spikes.
type Options struct {
	Sums Sums
	// Resident is how many work groups take several windows in one dispatch, all of which must be on the device at once; 0: each kernel
	// of a window is a dispatch. The engine makes sure of it before the first window. Where it is no longer so while a network is simulated, it
	// goes on with a dispatch for each kernel.
	Resident int
}

// Sums says whether weights that meet are summed in shared memory before they are added to the device's.
type Sums int

// SumsByEvents is the choice of the engine, batch by batch: where a step has many events, several a target. SumsAlways is for whoever tunes: where
// a network can.
const (
	SumsByEvents Sums = iota
	SumsAlways
	SumsNever
)

// bounds are those of a device with the options.
func (o Options) bounds(d Device) bounds {
	b := boundsOf(d)
	switch o.Sums {
	case SumsAlways:
		b.sums.always, b.sums.part = true, 1
	case SumsNever:
		b.sums.events = 0
	}
	b.resident.groups = o.Resident
	return b
}
