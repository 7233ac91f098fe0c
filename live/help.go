package live

// keys are those at the foot of the window, the most needed first.
var keys = []struct{ key, does string }{
	{"h", "help"}, {"q", "quit"}, {"space", "pause"}, {"→", "step"}, {"+ −", "speed"}, {"↑ ↓", "input"}, {"g G", "inhibition"}, {"p", "kick"},
	{"l", "lose spike"}, {"r", "restart"}, {"n", "neuron"}, {"s", "save"},
}

func (f *frame) drawKeys() {
	y := f.height - 9
	if f.message != "" {
		f.text(gap+2, y, plain, yellow, left, f.message)
		return
	}
	x, between := gap+2, f.width-2*gap-2
	for _, k := range keys {
		between -= f.textWidth(small, k.key) + 5 + f.textWidth(small, k.does)
	}
	between = min(max(between/float32(len(keys)-1), 6), 16)
	for _, k := range keys {
		w := f.textWidth(small, k.key) + 5 + f.textWidth(small, k.does)
		if x+w > f.width-gap {
			return
		}
		f.text(x, y, small, ink, left, k.key)
		f.text(x+f.textWidth(small, k.key)+5, y, small, dim, left, k.does)
		x += w + between
	}
}

// helpLines explain keys and panels.
var helpLines = []struct{ key, does string }{
	{"space", "pause, and go on"},
	{"→", "a single step"},
	{"+  −", "faster, slower than real time"},
	{"↑  ↓", "external input 5 % of its usual up, down"},
	{"g  G", "inhibition 5 % weaker, stronger"},
	{"p", "kick: all excitatory neurons up by 10 mV, once"},
	{"l", "lose one spike: a second copy runs beside, without it; again: end that"},
	{"r", "restart at step 0, unchanged"},
	{"n", "the next neuron"},
	{"s", "save picture, spikes and log of changes"},
	{"h", "this help"},
	{"q  esc", "quit"},
	{"", ""},
	{"synchrony", "variance / mean of all spikes in 3 ms, over 1 s: 1 if independent"},
	{"CV", "of intervals between spikes, over 2 s; shown neurons with 5 or more"},
	{"rates", "of all neurons, in bins of 2 ms; as a number over 0.5 s"},
	{"replay", "einet run network.yaml --replay events.jsonl, in the saved folder"},
}

func (f *frame) drawHelp() {
	f.over = 1
	lineHeight := min(22, (f.height-70)/float32(len(helpLines)))
	w, h := min(f.width-20, 560), lineHeight*float32(len(helpLines))+44
	r := rect{(f.width - w) / 2, (f.height - h) / 2, w, h}
	f.fill(rect{0, 0, f.width, f.height}, ground.at(0.6))
	f.fill(rect{r.x - 1, r.y - 1, r.w + 2, r.h + 2}, frameColor)
	f.fill(r, panelColor)
	f.text(r.x+16, r.y+22, bold, ink, left, "Keys")
	for i, l := range helpLines {
		y := r.y + 46 + float32(i)*lineHeight
		f.text(r.x+16, y, plain, yellow, left, l.key)
		f.text(r.x+92, y, plain, ink, left, l.does)
	}
}
