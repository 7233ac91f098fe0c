package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressEvery is the time between two lines of progress where standard error
// is no terminal.
const progressEvery = 10 * time.Second

// A progress shows how far a simulation is: as a bar on a terminal, elsewhere
// as a line now and then.
type progress struct {
	t      *terminal
	dt     float64 // [ms]
	last   int64   // steps in all
	start  time.Time
	spoken time.Time
	bar    *progressbar.ProgressBar
}

// newProgress begins now. A quiet progress shows nothing.
func newProgress(t *terminal, quiet bool, dt float64, last int64) *progress {
	if quiet {
		return nil
	}
	p := &progress{t: t, dt: dt, last: last, start: time.Now(), spoken: time.Now()}
	if t.tty {
		p.bar = progressbar.NewOptions64(last,
			progressbar.OptionSetWriter(t.err), progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20))
	}
	return p
}

// update is sim.Run's progress function.
func (p *progress) update(step, spikes int64) {
	if p == nil {
		return
	}
	now := time.Now()
	if p.bar == nil && (now.Sub(p.spoken) < progressEvery || step == p.last) {
		return
	}
	took := now.Sub(p.start).Seconds()
	model := float64(step) * p.dt / 1000
	left := time.Duration(took * (float64(p.last)/float64(step) - 1) * float64(time.Second))
	text := fmt.Sprintf("%.3g of %.3g s model time, %s spikes, real-time factor %.3g, %v left",
		model, float64(p.last)*p.dt/1000, count(spikes), took/model, left.Round(time.Second))
	if p.bar == nil {
		fmt.Fprintln(p.t.err, "einet:", text)
		p.spoken = now
		return
	}
	p.bar.Describe(text)
	_ = p.bar.Set64(step) // a terminal that doesn't take it does not stop the run
}

// done clears the bar.
func (p *progress) done() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
	}
}
