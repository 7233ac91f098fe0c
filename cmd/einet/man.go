package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// manCmd prints the manual page.
type manCmd struct{}

// Run prints it as roff: einet man > einet.1.
func (manCmd) Run(k *kong.Kong, t *terminal) error {
	_, err := t.out.Write(manual(k.Model))
	return err
}

// manual is the page of all commands, in the macros of man(7).
func manual(app *kong.Application) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH EINET 1 \"\" \"einet %s\" \"User Commands\"\n", roffArgument(versionString()))
	b.WriteString(".SH NAME\neinet \\- simulate networks of spiking neurons\n")
	b.WriteString(".SH SYNOPSIS\n.B einet\n.I command\n[\\fIargument\\fR ...] [\\fIflag\\fR ...]\n")
	b.WriteString(".SH DESCRIPTION\n")
	for paragraph := range strings.SplitSeq(app.Help, "\n\n") {
		fmt.Fprintf(&b, ".PP\n%s\n", roffText(paragraph))
	}
	b.WriteString(".SH COMMANDS\n")
	for _, c := range app.Children {
		if !c.Hidden {
			manualOf(&b, c)
		}
	}
	b.WriteString(".SH FILES\n.TP\n.I results/NAME\nwhere a run of the network NAME goes unless \\-\\-out says otherwise: summary.json, network.yaml, spikes.npz, traces.npz and figures.\n")
	b.WriteString(".TP\n.I einet\\-gl\nthe build of einet with OpenGL and HDF5, beside einet, which calls it when one of them is wanted.\n")
	fmt.Fprintf(&b, ".SH ENVIRONMENT\n.TP\n.B EINET_HDF5\nthe file of the HDF5 library, where the system does not find it.\n"+
		".TP\n.B %s\nhow long OpenGL drivers may take to answer before einet goes on without them, such as 60s; otherwise %s.\n", lookVariable, longestLook)
	b.WriteString(".SH EXAMPLES\n.nf\n")
	for _, example := range []string{"einet run ei --duration 2s --seed 7 --out results/ei-seed7", "einet show ei > mine.yaml; einet run mine.yaml --out results/mine", "einet validate ei"} {
		fmt.Fprintln(&b, roffText(example))
	}
	b.WriteString(".fi\n")
	return b.Bytes()
}

// manualOf writes what a command takes.
func manualOf(b *bytes.Buffer, c *kong.Node) {
	fmt.Fprintf(b, ".SS \"%s\"\n%s\n", roffArgument(strings.TrimSuffix(c.Summary(), " [flags]")), roffText(c.Help))
	for _, p := range c.Positional {
		fmt.Fprintf(b, ".TP\n%s\n%s\n", roffText(p.Summary()), roffText(p.Help))
	}
	for _, f := range c.Flags {
		if f.Hidden {
			continue
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roffText(f.String()), roffText(f.Help))
	}
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, `-`, `\-`)

// roffText is a text that roff prints as it is, whatever characters it begins with.
func roffText(s string) string {
	s = roffEscapes.Replace(strings.Join(strings.Fields(s), " "))
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// roffArgument is a text as an argument in quotes.
func roffArgument(s string) string { return strings.ReplaceAll(roffText(s), `"`, `""`) }
