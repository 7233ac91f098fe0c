// Command einet simulates networks of spiking neurons on OpenGL compute
// shaders and on the CPU, with the same spikes on every machine. This package
// parses and prints; what einet does is in the packages it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"einet/network"
)

// version is set when einet is built: -ldflags "-X main.version=...".
var version = ""

// cli is the command line: one field and one file for each subcommand.
type cli struct {
	Run       runCmd       `cmd:"" help:"Simulate a network and write its spikes, summary and figures."`
	List      listCmd      `cmd:"" help:"List the preset networks."`
	Show      showCmd      `cmd:"" help:"Print a network as YAML, every default filled in."`
	Schema    schemaCmd    `cmd:"" help:"Print a JSON schema of the network language, for editors."`
	Theory    theoryCmd    `cmd:"" help:"Predict rates by mean-field theory; hold them against a simulation."`
	Bench     benchCmd     `cmd:"" help:"Time the engines on several networks and sizes, beside what the machine can do."`
	Plot      plotCmd      `cmd:"" help:"Draw the figures of an earlier run."`
	Validate  validateCmd  `cmd:"" help:"Do the engines agree, and does the network do what its source claims?"`
	Reproduce reproduceCmd `cmd:"" help:"Hold the presets to the published figures of their networks."`
	Export    exportCmd    `cmd:"" help:"Write the synapses, weights, delays, initial state and, if asked, random input of a network, for other simulators."`
	Devices   devicesCmd   `cmd:"" help:"Show the engines and OpenGL devices of this machine, with their limits."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// A terminal is where a command reads and writes. Results go to out, progress
// and warnings to err.
type terminal struct {
	out, err io.Writer
	tty      bool // err is a terminal
	log      *slog.Logger
	args     []string
	gl       opengl
}

func main() {
	tty := term.IsTerminal(int(os.Stderr.Fd()))
	os.Exit(run(interruptible(), os.Args[1:], os.Stdout, os.Stderr, tty))
}

// interruptible is cancelled by the first Ctrl-C, or when the terminal or the batch system ends it. A second one ends what does
// not heed that.
func interruptible() context.Context {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx
}

// run is main with everything passed in. It returns the exit status.
func run(ctx context.Context, args []string, out, errs io.Writer, tty bool) int {
	t := &terminal{out: out, err: errs, tty: tty, args: args, log: logger(errs, tty), gl: thisMachine()}
	return t.run(ctx)
}

// run runs the command that the terminal's arguments are.
func (t *terminal) run(ctx context.Context) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("einet"),
		kong.Description("Simulate networks of spiking neurons, on the GPU and on the CPU, spike for spike the same.\n\n"+exitHelp),
		kong.Vars{"version": versionString()},
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		panic(err) // the struct tags above are wrong
	}
	k, err := parser.Parse(joinNegatives(t.args))
	if exited >= 0 {
		return exited // --help or --version
	}
	if err != nil {
		fmt.Fprintf(t.err, "einet: %s (see einet --help)\n", readable(err))
		return exitUsage
	}
	if err := k.Run(ctx, t); err != nil {
		return t.fail(err)
	}
	return exitDone
}

var (
	longFlag  = regexp.MustCompile(`^--[a-z][a-z-]*$`)
	negative  = regexp.MustCompile(`^-[0-9.]`)
	badNumber = regexp.MustCompile(`^(--[a-z-]+): expected a valid (\d+) bit (u?)int but got "(.*)"$`)
)

// joinNegatives makes --flag=-1 of --flag -1, which would be taken for a short
// flag.
func joinNegatives(args []string) []string {
	var joined []string
	for i, arg := range args {
		if arg == "--" {
			return append(joined, args[i:]...)
		}
		if last := len(joined) - 1; last >= 0 && negative.MatchString(arg) && longFlag.MatchString(joined[last]) {
			joined[last] += "=" + arg
			continue
		}
		joined = append(joined, arg)
	}
	return joined
}

// readable is the message of an error of the command line, with the range of a
// number instead of its bits.
func readable(err error) string {
	m := badNumber.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	allowed := "must be a whole number"
	if bits, err := strconv.Atoi(m[2]); err == nil && m[3] == "u" && bits < 64 {
		allowed += fmt.Sprintf(" from 0 to %d", uint64(1)<<bits-1)
	}
	return fmt.Sprintf("%s %s: %s", m[1], m[4], allowed)
}

// fail prints an error, one line a fault and below it the place in the file, and returns
// its exit status.
func (t *terminal) fail(err error) int {
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	for _, fault := range faults(err) {
		for line := range strings.Lines(fault.Error()) {
			fmt.Fprintf(t.err, "einet: %s\n", strings.TrimSuffix(line, "\n"))
		}
		var field network.FieldError
		if errors.As(fault, &field) && field.Snippet() != "" {
			fmt.Fprintln(t.err, field.Snippet())
		}
	}
	return exitStatus(err)
}

// faults are the errors that one joins, or it alone where it says more than they do.
func faults(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || errors.Join(joined.Unwrap()...).Error() != err.Error() {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, faults(one)...)
	}
	return all
}

func logger(w io.Writer, tty bool) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !tty}))
}

// versionString is the version that the build set, or else what Go recorded.
func versionString() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
