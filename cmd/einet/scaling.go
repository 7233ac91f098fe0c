package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/host"
	"einet/network"
	"einet/plot"
	"einet/ranks"
	"einet/record"
	"einet/sim"
)

// scalingCmd says what ranks would take, of more machines than there are.
type scalingCmd struct {
	networkFlags
	Ranks       []int   `default:"1,2,4,8,16,32,64,128,256,512,1024" placeholder:"N" help:"Numbers of ranks, ascending. One rank of each number is built and simulated on this machine, and what the others would fire is made up."`
	Weak        bool    `help:"The network grows with the ranks (weak scaling): of N ranks it is N times as large, at the in-degrees that it has. Otherwise it is the same for all (strong scaling)."`
	Rate        float64 `default:"5" placeholder:"HZ" help:"At which the neurons of the other ranks fire [Hz]."`
	Windows     int     `default:"200" placeholder:"W" help:"Windows (stretches of the smallest delay) that are measured."`
	Latency     float64 `default:"2" placeholder:"US" help:"Of a message between two machines [us], for the model of the exchange."`
	Bandwidth   float64 `default:"10" placeholder:"GB" help:"Between a rank and the others [GB/s], likewise."`
	Engine      string  `enum:"cpu,reference" default:"cpu" help:"What simulates the rank: ${enum}."`
	threadsFlag `set:"of= that build the rank's synapses and, in the cpu engine, simulate it"`
	outFlag     `set:"out=scaling.json and the figure go; otherwise nothing is written"`
	forceFlag   `set:"force=table and figure in that folder."`
	jsonFlag    `set:"json=what scaling.json holds"`
	quietFlag   `set:"and="`
}

// What einet scaling writes.
const scalingFile = "scaling.json"

// A scalingRow is what one of a number of ranks takes.
type scalingRow struct {
	Ranks        int     `json:"ranks"`
	Network      int     `json:"neurons"`         // of the network
	Neurons      int     `json:"rank_neurons"`    // of the rank
	Synapses     int64   `json:"rank_synapses"`   // onto these
	SynapseMB    float64 `json:"rank_synapse_mb"` // with a row of each source
	StateMB      float64 `json:"rank_state_mb"`
	ResidentMB   float64 `json:"rank_resident_mb"` // of the process, less what it had before; 0: unknown
	BuildS       float64 `json:"build_s"`
	WindowUs     float64 `json:"window_us"`      // wall time of a window of the rank
	ExchangeUs   float64 `json:"exchange_us"`    // of the exchange behind it, by the model
	ExchangeKB   float64 `json:"exchange_kb"`    // that all ranks tell each other in it
	RealTime     float64 `json:"real_time"`      // wall time over model time, one behind the other
	ExchangePart float64 `json:"exchange_share"` // of it
	FiredHz      float64 `json:"fired_hz"`       // by the rank's neurons
}

type scalingReport struct {
	Network     string       `json:"network"`
	Weak        bool         `json:"weak"`
	RateHz      float64      `json:"rate_hz"`
	WindowMs    float64      `json:"window_ms"`
	LatencyUs   float64      `json:"latency_us"`
	BandwidthGB float64      `json:"bandwidth_gb_s"`
	Engine      string       `json:"engine"`
	Device      string       `json:"device"`
	Rows        []scalingRow `json:"rows"`
	Version     string       `json:"version"`
	Command     string       `json:"command"`
}

// Run measures one rank of each number.
func (c *scalingCmd) Run(ctx context.Context, t *terminal) error {
	seen, err := c.check()
	if err != nil {
		return err
	}
	place := engines.OnProcessor(engines.Named(c.Engine), c.Threads)
	report := scalingReport{
		Weak: c.Weak, RateHz: c.Rate, LatencyUs: c.Latency, BandwidthGB: c.Bandwidth, Engine: place.Name, Device: place.Device(), Version: versionString(), Command: commandLine(t.args),
	}
	for _, n := range c.Ranks {
		net, err := c.network(ctx, n)
		if err != nil {
			return err
		}
		if !c.Quiet {
			fmt.Fprintf(t.err, "einet: one of %d ranks of %s, %s neurons\n", n, net.Name, host.Count(int64(net.Neurons())))
		}
		m, err := dynamics.New(net)
		if err != nil {
			return usage(err)
		}
		report.Network, report.WindowMs = net.Name, float64(m.MinDelay)*net.Dt
		row, err := c.measure(ctx, place, m, n)
		if err != nil {
			return machine(fmt.Errorf("one of %d ranks: %w", n, err))
		}
		report.Rows = append(report.Rows, row)
	}
	if c.Out != "" {
		if err := c.write(t, seen, &report); err != nil {
			return err
		}
	}
	if c.JSON {
		return report.json(t.out)
	}
	return report.print(t.out)
}

// check refuses what can't be measured, before anything is.
func (c *scalingCmd) check() (seen record.Folder, err error) {
	for i, n := range c.Ranks {
		if n < 1 || n > mostThreads || i > 0 && n <= c.Ranks[i-1] {
			return seen, usage(fmt.Errorf("--ranks %d: must be from 1 to %d, and ascending", n, mostThreads))
		}
	}
	switch {
	case !(c.Rate >= 0 && c.Rate <= 1000):
		return seen, usage(fmt.Errorf("--rate %g: must be from 0 to 1000 Hz", c.Rate))
	case c.Windows < 10 || c.Windows > 1e6:
		return seen, usage(fmt.Errorf("--windows %d: must be from 10 to 1000000", c.Windows))
	case !(c.Latency >= 0) || !(c.Bandwidth > 0):
		return seen, usage(fmt.Errorf("--latency %g, --bandwidth %g: must be at least 0, and above 0", c.Latency, c.Bandwidth))
	case c.Force && c.Out == "":
		return seen, usage(errors.New("--force: only says something of --out"))
	case c.Out == "":
		return seen, nil
	}
	seen = record.Look(c.Out)
	return seen, experiment.Vacant(c.Out, []string{scalingFile}, "table of ranks", c.Force)
}

// network is that of n ranks.
func (c *scalingCmd) network(ctx context.Context, n int) (*network.Network, error) {
	f := c.networkFlags
	if !c.Weak || n == 1 {
		return f.load(ctx, nil)
	}
	own, err := f.load(ctx, nil)
	if err != nil {
		return nil, err
	}
	f.Scale *= float64(n)
	f.Set = append(append([]string(nil), f.Set...), "scale={rule: fixed_indegree}")
	net, err := f.load(ctx, nil)
	if err != nil {
		return nil, err
	}
	for i := range net.Projections { // of rules that draw by probability, too, the in-degrees are those of one rank
		if p := &net.Projections[i]; p.Rule == network.FixedProbability {
			p.P = own.Projections[i].P / float64(n)
		}
	}
	return net, nil
}

// measure measures the middle one of n ranks.
func (c *scalingCmd) measure(ctx context.Context, p *engines.Place, m *dynamics.Model, n int) (row scalingRow, err error) {
	before := host.ResidentMB()
	b := p.OfRanks(m, c.Threads)
	open := b.Open
	resident := 0.0
	b.Open = func(ctx context.Context, rank int, m *dynamics.Model, syn *connectome.Connectome) (sim.Engine, error) {
		e, err := open(ctx, rank, m, syn)
		resident = host.ResidentMB()
		return e, err
	}
	d, err := ranks.DryRun(ctx, m, n, n/2, c.Windows, c.Rate, b)
	if err != nil {
		return row, err
	}
	exchange := ranks.Link{Latency: time.Duration(c.Latency * 1e3), Bandwidth: c.Bandwidth * 1e9}.Exchange(n, d.Told)
	seconds := float64(d.WindowSteps) * m.Network.Dt / 1000
	row = scalingRow{
		Ranks: n, Network: d.All, Neurons: d.Neurons, Synapses: d.Synapses, SynapseMB: float64(d.SynapseBytes) / 1e6, StateMB: float64(d.StateBytes) / 1e6,
		BuildS: d.Build.Seconds(), WindowUs: d.Window.Seconds() * 1e6, ExchangeUs: exchange.Seconds() * 1e6, ExchangeKB: d.Told / 1e3,
		RealTime: (d.Window + exchange).Seconds() / seconds, ExchangePart: exchange.Seconds() / (d.Window + exchange).Seconds(), FiredHz: d.Fired,
	}
	if before > 0 {
		row.ResidentMB = max(0, resident-before)
	}
	return row, nil
}

func (r *scalingReport) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// print writes the table for people.
func (r *scalingReport) print(out io.Writer) error {
	kind := "strong"
	if r.Weak {
		kind = "weak"
	}
	fmt.Fprintf(out, "%s, %s scaling: one rank of each number on the %s engine, %s; others fire at %g Hz; windows of %g ms; a message takes %g us, %g GB/s\n",
		r.Network, kind, r.Engine, r.Device, r.RateHz, r.WindowMs, r.LatencyUs, r.BandwidthGB)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "ranks\tneurons\tof a rank\tsynapses of it\tsynapses [MB]\tstate [MB]\tresident [MB]\tbuilt in [s]\twindow [us]\texchange [us]\tshare\treal-time factor\t")
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%.3g\t%.3g\t%.3g\t%.3g\t%.4g\t%.3g\t%.2g %%\t%.3g\t\n", x.Ranks, host.Spaced(int64(x.Network)), host.Spaced(int64(x.Neurons)), host.Spaced(x.Synapses),
			x.SynapseMB, x.StateMB, x.ResidentMB, x.BuildS, x.WindowUs, x.ExchangeUs, 100*x.ExchangePart, x.RealTime)
	}
	return w.Flush()
}

// figure is that of the table.
func (r *scalingReport) figure() (plot.Figure, error) {
	s := plot.Scaling{Title: r.Network + ", one network for all ranks", Weak: r.Weak}
	if r.Weak {
		s.Title = r.Network + ", growing with the ranks"
	}
	perS := 1e-6 / (r.WindowMs / 1000)
	for _, x := range r.Rows {
		s.Ranks = append(s.Ranks, float64(x.Ranks))
		s.Own, s.Exchange, s.All = append(s.Own, x.WindowUs*perS), append(s.Exchange, x.ExchangeUs*perS), append(s.All, x.RealTime)
		s.Memory = append(s.Memory, x.SynapseMB+x.StateMB)
	}
	return s.Draw()
}

// write writes the table and its figure, or nothing.
func (c *scalingCmd) write(t *terminal, seen record.Folder, r *scalingReport) error {
	s, err := experiment.OpenSet(seen, c.Out, t.log.Warn)
	if err != nil {
		return err
	}
	defer s.Abort()
	names := []string{scalingFile}
	if len(r.Rows) > 1 {
		f, err := r.figure()
		if err != nil {
			return err
		}
		for ext, data := range map[string][]byte{".png": f.PNG, ".svg": f.SVG} {
			if err := record.WriteFile(s.Path(f.Name+ext), func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
				return machine(err)
			}
			names = append([]string{f.Name + ext}, names...)
		}
	}
	if err := record.WriteFile(s.Path(scalingFile), r.json); err != nil {
		return machine(err)
	}
	_, err = experiment.Commit(s, names, []string{"ranks.png", "ranks.svg"})
	return err
}
