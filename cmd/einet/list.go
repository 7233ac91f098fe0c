package main

import (
	"fmt"
	"text/tabwriter"

	"einet/connectome"
	"einet/network"
	"einet/network/presets"
)

// listCmd lists the presets.
type listCmd struct{}

func (listCmd) Run(t *terminal) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tNEURONS\tSYNAPSES\tWHAT IT IS\tSOURCE")
	for _, name := range presets.Names() {
		net, err := presets.Load(name, network.Options{})
		if err != nil {
			return err
		}
		synapses, _ := connectome.Estimate(net)
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", name, net.Neurons(), count(synapses), net.Description, net.Source)
	}
	return w.Flush()
}

// count writes a large number with three digits and a suffix.
func count(n int64) string {
	x := float64(n)
	if x < 1e4 {
		return fmt.Sprint(n)
	}
	suffix := " k"
	x /= 1e3
	for _, larger := range []string{" M", " G", " T", " P", " E"} {
		if x >= 999.5 {
			x, suffix = x/1e3, larger
		}
	}
	return fmt.Sprintf("%.3g%s", x, suffix)
}
