package compare

import (
	"einet/record"
	"einet/sim"
)

// A stream gives the spikes of a file one by one.
type stream struct {
	*record.SpikeReader
	buf  [1 << 12]sim.Spike
	left []sim.Spike
}

// next is the next spike, unless it is behind a step; more is false at the end.
func (s *stream) next(last uint32) (spike sim.Spike, more bool, err error) {
	if len(s.left) == 0 {
		n, err := s.Read(s.buf[:])
		if eof(err) {
			return spike, false, nil
		}
		if err != nil {
			return spike, false, err
		}
		s.left = s.buf[:n]
	}
	if spike = s.left[0]; spike.Step > last {
		return sim.Spike{}, false, nil
	}
	s.left = s.left[1:]
	return spike, true, nil
}
