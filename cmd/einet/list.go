package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"einet/connectome"
	"einet/host"
	"einet/network/language"
	"einet/network/presets"
)

// listCmd lists the presets.
type listCmd struct {
	JSON bool `help:"Print the list as JSON."`
}

// A preset is what einet list says of one.
type preset struct {
	Name        string `json:"name"`
	Neurons     int    `json:"neurons"`
	Synapses    int64  `json:"synapses"` // expected
	Description string `json:"description"`
	Source      string `json:"source"`
}

// Run prints them.
func (c *listCmd) Run(t *terminal) error {
	var all []preset
	for _, name := range presets.Names() {
		net, err := presets.Load(name, language.Options{})
		if err != nil {
			return err
		}
		synapses, _ := connectome.Estimate(net)
		all = append(all, preset{name, net.Neurons(), synapses, net.Description, net.Source})
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(all)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tNEURONS\tSYNAPSES\tWHAT IT IS\tSOURCE")
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", p.Name, p.Neurons, host.Spaced(p.Synapses), p.Description, p.Source)
	}
	return w.Flush()
}
