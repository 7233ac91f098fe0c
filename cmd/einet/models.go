package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"einet/fault"
	"einet/network/language"
	"einet/network/models"
)

// modelsCmd lists the neuron models, or prints one as its author wrote it.
type modelsCmd struct {
	Model string `arg:"" optional:"" help:"Print this model's YAML: a beginning for one of your own, in the section models of a network."`
}

// Run prints them.
func (c *modelsCmd) Run(t *terminal) error {
	if c.Model != "" {
		text := models.Text(c.Model)
		if text == nil {
			return usage(fmt.Errorf("%s: no model; the models are %s%s", fault.Clip(c.Model), strings.Join(models.Names(), ", "), fault.DidYouMean(c.Model, models.Names())))
		}
		_, err := t.out.Write(text)
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tWHAT IT IS\tSOURCE")
	for _, name := range models.Names() {
		m, err := language.Model(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, m.Description, m.Source)
	}
	return w.Flush()
}
