package gpu

import "fmt"

// residentBounds are those of a dispatch of several windows.
type residentBounds struct {
	groups  int // work groups; 0: none
	windows int // most of a dispatch
	looks   int // after which a work group gives up waiting
	passes  int // of loops that an invocation has for its neurons in a dispatch; 0: any number
}

// Mesa's software drivers end the loops of an invocation after 65 535 passes in all, those of waiting too, and say nothing.
var (
	residentOnHardware = residentBounds{windows: 1 << 20, looks: 1 << 16} // 65 ms at 1 us
	residentInSoftware = residentBounds{windows: 4, looks: 1 << 11, passes: 30_000}
)

// passesOfStep is how many an invocation makes for a neuron in a step, at most by and large.
const passesOfStep = 16

// residentWindows is how many windows a dispatch of such bounds takes at most; 0 where one is too long.
func (l *stateLayout) residentWindows(b residentBounds) int {
	if b.passes == 0 {
		return b.windows
	}
	return min(b.windows, b.passes/(passesOfStep*l.window*((l.groups+b.groups-1)/b.groups)))
}

// refuseResident is the error of a device that can't have several windows in a dispatch.
func refuseResident(d Device, format string, args ...any) error {
	return fmt.Errorf("gpu: %s: several windows in a dispatch: %s: %w", d.Renderer, fmt.Sprintf(format, args...), ErrLimit)
}

// loopsCut is what kernels add to the count of pages where loops were ended early.
const loopsCut = 1 << 16

// loopsEndEarly is the error of a driver on which a form of the kernels, that was asked for, can't do all that it should.
func loopsEndEarly(d Device) error {
	return fmt.Errorf("gpu: %s: the driver ends loops after some passes, and these kernels need more: use --resident with more work groups, or without it: %w", d.Renderer, ErrLimit)
}
