package gpu

// residentBounds are those of such a dispatch.
type residentBounds struct {
	groups  int // work groups; 0: none
	windows int // most of a dispatch
	looks   int // after which a work group gives up waiting
}

// Mesa's software drivers end the loops of an invocation after 65 535 passes in all, those of waiting too.
var (
	residentOnHardware = residentBounds{windows: 1 << 20, looks: 1 << 16} // 65 ms at 1 us
	residentInSoftware = residentBounds{windows: 4, looks: 1 << 11}
)
