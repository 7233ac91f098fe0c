package cpu

// mail is what a share tells the others of a window: its spikes, packed into as
// few cache lines as possible, for what one processor writes takes a fraction of
// a microsecond a line to reach another. The neurons, as indices in their
// population and ascending (several times those that fired several times), of piece i and step k of the window are
// mail[mail[at]:mail[at+1]], at = i*steps + k. Behind all of them are the factors of projections with short-term plasticity, see release.
type mail []uint32

// post packs the spikes of a share's window. What is posted stays until all of it has been delivered.
func (e *Engine) post(s *share, w *window) {
	at, end := 0, len(s.pieces)*w.steps+1
	begin, total := end, 0
	for i := range s.pieces {
		for _, fired := range s.pieces[i].fired[:w.steps] {
			total += len(fired)
		}
	}
	need := begin + total*(1+s.factored)
	if need > len(s.mail[w.mail]) {
		s.mail[w.mail] = make(mail, max(2*need, 1024))
	}
	m := s.mail[w.mail]
	for i := range s.pieces {
		for k, fired := range s.pieces[i].fired[:w.steps] {
			m[at] = uint32(end)
			at, end = at+1, end+copy(m[end:], fired)
			s.pieces[i].fired[k] = fired[:0]
		}
	}
	m[at] = uint32(end)
	if s.factored > 0 && total > 0 {
		e.release(s, w, m, total)
	}
}

// A source is a piece as others see it.
type source struct {
	share *share
	piece int
}

// fired is the neurons that fired in step k of a window that has been posted.
func (f source) fired(w *window, k int) []uint32 {
	m, at := f.share.mail[w.mail], f.piece*w.steps+k
	return m[m[at]:m[at+1]]
}
