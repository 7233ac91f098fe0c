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
	switch x := float64(n); {
	case x >= 1e9:
		return fmt.Sprintf("%.3g G", x/1e9)
	case x >= 1e6:
		return fmt.Sprintf("%.3g M", x/1e6)
	case x >= 1e4:
		return fmt.Sprintf("%.3g k", x/1e3)
	}
	return fmt.Sprint(n)
}
