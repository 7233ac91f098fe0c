package cpu

import "slices"

// A window is a stretch of steps that no spike inside it can influence: at most
// the smallest delay.
type window struct {
	n     int64 // the steps are n+1 to n+steps
	steps int
	mail  int   // which of a share's mails
	first int64 // n of the batch's first step
}

// last is the window's last step.
func (w *window) last() int64 { return w.n + int64(w.steps) }

// windows are those of a batch, and before them those of which not all spikes have been delivered: they are when the smallest
// delay is over.
type windows struct {
	before   []window
	first    int64 // n of the batch's first step
	steps    int   // of it
	mails    [2]int
	minDelay int
}

// at is window i: behind the last one without steps.
func (b *windows) at(i int) window {
	if i < len(b.before) {
		return b.before[i]
	}
	i -= len(b.before)
	return window{n: b.first + int64(i*b.minDelay), steps: min(b.minDelay, b.steps-i*b.minDelay), mail: b.mails[i&1], first: b.first}
}

// begin makes the windows those of the batch that comes next. A window's spikes are delivered in the next, of which mail is
// needed while the one behind it is not over: two mails do, besides those of windows before the batch.
func (b *windows) begin(step int64, steps int) {
	n := len(b.before) + (b.steps+b.minDelay-1)/b.minDelay
	kept := slices.Clip(b.before)
	for i := max(len(b.before), n-2); i < n; i++ {
		kept = append(kept, b.at(i))
	}
	b.before = slices.DeleteFunc(kept, func(w window) bool { return w.last() <= step-int64(b.minDelay) })
	b.first, b.steps = step, steps
	mail := 0
	for i := range b.mails {
		for slices.ContainsFunc(b.before, func(w window) bool { return w.mail == mail }) {
			mail++
		}
		b.mails[i] = mail
		mail++
	}
}
