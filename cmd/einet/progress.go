package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"einet/host"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressEvery is the time between two lines of progress where standard error
// is no terminal.
const progressEvery = 10 * time.Second

// A progress shows how far a simulation is: as a bar on a terminal, elsewhere
// as a line now and then.
type progress struct {
	t      *terminal
	dt     float64 // [ms]
	first  int64   // step at which it began
	last   int64   // steps in all
	start  time.Time
	spoken time.Time
	every  time.Duration
	bar    *progressbar.ProgressBar
	now    func() time.Time
}

// The bar is that wide, and with its frame and percentage it takes that many
// columns of a line.
const (
	barWidth = 10
	barRoom  = barWidth + 12
)

// newProgress begins now. A quiet progress shows nothing.
func newProgress(t *terminal, quiet bool, dt float64, first, last int64) *progress {
	if quiet {
		return nil
	}
	p := &progress{t: t, dt: dt, first: first, last: last, start: time.Now(), spoken: time.Now(), every: progressEvery, now: time.Now}
	if t.lines > 0 {
		p.every = t.lines
	} else if t.tty {
		p.bar = progressbar.NewOptions64(last,
			progressbar.OptionSetWriter(t.err), progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(barWidth))
	}
	return p
}

// update is sim.Run's progress function.
func (p *progress) update(step, spikes int64) {
	if p == nil {
		return
	}
	now := p.now()
	if p.bar == nil && (now.Sub(p.spoken) < p.every || step == p.last) {
		return
	}
	text := p.text(step, spikes, now.Sub(p.start))
	if p.bar == nil {
		fmt.Fprintln(p.t.err, "einet:", text)
		p.spoken = now
		return
	}
	p.bar.Describe(cut(text, p.t.columns()-barRoom))
	_ = p.bar.Set64(step) // a terminal that doesn't take it does not stop the run
}

// text is the progress in words, the most important first.
func (p *progress) text(step, spikes int64, took time.Duration) string {
	model, passed := float64(step)*p.dt/1000, float64(step-p.first)
	left := time.Duration(min(took.Seconds()*float64(p.last-step)/passed, 9e9) * float64(time.Second))
	return fmt.Sprintf("%.3g of %.3g s, %v left, real-time factor %.3g, %s spikes",
		model, float64(p.last)*p.dt/1000, left.Round(time.Second), took.Seconds()/(passed*p.dt/1000), host.Spaced(spikes))
}

// cut leaves as many of a text's parts as fit the columns: a longer line would wrap, and what is left of the bar would stay on
// the terminal.
func cut(text string, columns int) string {
	for len(text) > columns {
		text = text[:max(0, strings.LastIndex(text, ", "))]
		if text == "" {
			break
		}
	}
	return text
}

// columns is the width of the terminal.
func (t *terminal) columns() int {
	if f, ok := t.err.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

// done clears the bar.
func (p *progress) done() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
	}
}
