package main

import (
	"io"
	"math"
	"path/filepath"

	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/validate"
)

// reportFile and validationFigures are what einet validate may leave.
const reportFile = "report.json"

var validationFigures = []string{
	"response.png", "response.svg", "scaling.png", "scaling.svg", "isi.png", "isi.svg", "correlations.png", "correlations.svg",
}

// drawValidation draws what the claims have to show and returns the files'
// names. Each file appears whole or not at all.
func drawValidation(dir string, net *network.Network, c *validate.Claims) ([]string, error) {
	if c == nil {
		return nil, nil
	}
	figures, err := plot.Validate(validationData(net, c))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range figures {
		for extension, data := range map[string][]byte{".png": f.PNG, ".svg": f.SVG} {
			err := record.WriteFile(filepath.Join(dir, f.Name+extension), func(w io.Writer) error {
				_, err := w.Write(data)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		names = append(names, f.Name+".png", f.Name+".svg")
	}
	return names, nil
}

// validationData is what the figures need of the claims.
func validationData(net *network.Network, c *validate.Claims) plot.Validation {
	v := plot.Validation{Intervals: c.Intervals, Correlations: c.Correlations}
	for _, p := range net.Populations {
		v.Populations = append(v.Populations, plot.Population{Name: p.Name, Size: p.Size, Inhibitory: net.Inhibits(p.Name)})
	}
	add := func(r *validate.Response, recurrent bool) {
		x := plot.Response{
			Population: v.Populations[0], Factor: r.Factor, Recurrent: recurrent, Time: r.TimeMs, Rate: r.RateHz,
			Before: r.Before, After: r.After, Half: float64(r.HalfMs), Settle: math.NaN(), Settled: validate.Settled,
			TauM: net.Populations[0].TauM,
		}
		if r.Settle != nil {
			x.Settle = *r.Settle
		}
		v.Responses = append(v.Responses, x)
	}
	for _, r := range c.Responses {
		add(r, true)
	}
	if c.Uncoupled != nil {
		add(c.Uncoupled, false)
	}
	for _, s := range c.Scaling {
		if s.Ratio > 0 { // a silent network has none
			v.Sizes = append(v.Sizes, plot.Cancellation{Neurons: s.Neurons, Ratio: float64(s.Ratio)})
		}
	}
	return v
}
