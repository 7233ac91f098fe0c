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
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"einet/engines"
	"einet/experiment"
	"einet/fault"
	"einet/gpu"
	"einet/ranks/mpi"
	"einet/record/hdf5"
)

// version is set when einet is built: -ldflags "-X main.version=...".
var version = ""

// cli is the command line: one field and one file for each subcommand.
type cli struct {
	Run       runCmd       `cmd:"" help:"Simulate a network and write its spikes, summary and figures."`
	Sweep     sweepCmd     `cmd:"" help:"Simulate a network at every combination of some values: tables, arrays and maps of its statistics."`
	View      viewCmd      `cmd:"" help:"Watch a network while it is simulated, in a window, and change it by keys."`
	List      listCmd      `cmd:"" help:"List the preset networks."`
	Models    modelsCmd    `cmd:"" help:"List the neuron models that einet has as equations, or print one."`
	Show      showCmd      `cmd:"" help:"Print a network as YAML, every default filled in."`
	Schema    schemaCmd    `cmd:"" help:"Print a JSON schema of the network language, for editors."`
	Theory    theoryCmd    `cmd:"" help:"Predict rates by mean-field theory; hold them against a simulation."`
	Bench     benchCmd     `cmd:"" help:"Time the engines on several networks and sizes, beside what the machine can do."`
	Scaling   scalingCmd   `cmd:"" help:"Say what a network would take on many ranks, from a dry run of one of them."`
	Plot      plotCmd      `cmd:"" help:"Draw the figures of an earlier run."`
	Report    reportCmd    `cmd:"" help:"Write a page (HTML) of an earlier run, of several side by side, or of replicas."`
	Compare   compareCmd   `cmd:"" help:"Hold two runs side by side: do they have the same spikes, or are they alike?"`
	Validate  validateCmd  `cmd:"" help:"Do the engines agree, and does the network do what its source claims?"`
	Reproduce reproduceCmd `cmd:"" help:"Hold the presets to published figures of their networks, and to what other simulators give."`
	Export    exportCmd    `cmd:"" help:"Write the synapses, weights, delays, initial state and, if asked, random input of a network, for other simulators."`
	Selftest  selftestCmd  `cmd:"" help:"Try all that the engines do, on the OpenGL devices of this machine: one page to send, and does it fail?"`
	Devices   devicesCmd   `cmd:"" help:"Show the engines and OpenGL devices of this machine, with their limits."`

	Help       helpCmd       `cmd:"" help:"Print the help of a command, as its --help does."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Completion completionCmd `cmd:"" help:"Print what makes a shell complete commands, flags and networks."`
	Man        manCmd        `cmd:"" help:"Print the manual page, for man."`
	Complete   completeCmd   `cmd:"" hidden:"" help:"Print what may come next on a command line: for completion."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version and exit."`
}

// A terminal is where a command reads and writes. Results go to out, progress
// and warnings to err.
type terminal struct {
	out, err io.Writer
	tty      bool // err is a terminal
	log      *slog.Logger
	args     []string
	found    []string // names of files that patterns among args mean
	gl       engines.OpenGL
	told     bool          // what became of an interrupted run
	lines    time.Duration // from one line of progress to the next, where that is not what it is otherwise
}

func main() {
	if len(os.Args) == 2 && (os.Args[1] == look || os.Args[1] == greet) {
		if err := printSighting(os.Stdout, os.Args[1]); err != nil {
			os.Exit(exitMachine)
		}
		return
	}
	if err := startPoller(); err != nil {
		fmt.Fprintf(os.Stderr, "einet: %s\n", err)
		os.Exit(exitMachine)
	}
	tty := term.IsTerminal(int(os.Stderr.Fd()))
	out, errs := io.Writer(os.Stdout), io.Writer(os.Stderr)
	if mpi.IsFollower() { // rank 0 says it all
		out, errs, tty = io.Discard, io.Discard, false
	}
	os.Exit(run(whileParent(interruptible()), os.Args[1:], out, errs, tty))
}

// interruptible is cancelled by the first Ctrl-C, or when the terminal or the batch system ends it. A second one ends what does
// not heed that.
func interruptible() context.Context {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		signals = append(signals, syscall.SIGHUP)
	}
	if mpi.IsStarted() { // mpirun passes it on at once, and others not
		signals = append(signals, syscall.SIGUSR1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx
}

// run is main with everything passed in. It returns the exit status.
func run(ctx context.Context, args []string, out, errs io.Writer, tty bool) int {
	t := &terminal{out: out, err: errs, tty: tty, args: args, log: logger(errs, tty), gl: thisMachine(ctx)}
	return t.run(ctx)
}

// A checked writer keeps its first error: what prints does not always look, and a result that
// did not arrive is a failure.
type checked struct {
	io.Writer
	any bool // was written
	err error
}

func (w *checked) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.any = true
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// run runs the command that the terminal's arguments are. What was to be printed and was not is a
// failure even of --help.
func (t *terminal) run(ctx context.Context) int {
	out := &checked{Writer: t.out}
	t.out = out
	missed := hdf5.Missed()
	err := t.command(ctx)
	if err != nil && hdf5.Missed() > missed && !gpu.Built && !out.any {
		err = machine(fmt.Errorf("%w (%w)", err, t.becomeForHDF5(ctx)))
	}
	if out.err != nil {
		err = machine(out.err)
	}
	if err == nil {
		return exitDone
	}
	status := t.fail(err)
	if !out.any && out.err == nil && t.asJSON() {
		printErrors(out, err, status)
	}
	return status
}

// command is run without a look at whether standard output took it all.
func (t *terminal) command(ctx context.Context) error {
	var c cli
	exited := false
	parser, err := kong.New(&c,
		kong.Name("einet"),
		kong.Description("Simulate networks of spiking neurons, on the GPU and on the CPU, spike for spike the same.\n\n"+exitHelp),
		kong.Vars{"version": versionString(), "engines": engineNames()},
		kong.Writers(t.out, t.err),
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		panic(err) // the struct tags above are wrong
	}
	args := joinNegatives(t.args)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited { // --help or --version
		return nil
	}
	if err != nil {
		return usage(fmt.Errorf("%s (see einet --help)", readable(err)))
	}
	if err := notEmpty(k); err != nil {
		return usage(err)
	}
	if err := t.handOver(ctx, k); err != nil {
		return err
	}
	err = k.Run(ctx, t)
	if of, ok := k.Selected().Target.Addr().Interface().(interface{ located(err error) error }); ok && err != nil {
		err = of.located(err)
	}
	return err
}

var (
	longFlag  = regexp.MustCompile(`^--[a-z][a-z-]*$`)
	strayUnit = regexp.MustCompile(`^unexpected argument (ms|s|us)\b`)
	negative  = regexp.MustCompile(`^-[0-9.]`)
	badWord   = regexp.MustCompile(`must be one of (.*) but got "(.*)"$`)
	badNumber = regexp.MustCompile(`^(--[a-z-]+): expected a valid (\d+) bit (u?)int but got "(.*)"$`)
)

// notEmpty refuses names that were given and are empty, as those of a variable that is not set
// are: a folder without a name would be another, the default.
func notEmpty(k *kong.Context) error {
	for _, p := range k.Path {
		value, name := p.Positional, ""
		if p.Flag != nil {
			value, name = p.Flag.Value, "--"
		}
		if value == nil || value.Passthrough {
			continue
		}
		for _, text := range texts(value.Target) {
			if text == "" {
				return fmt.Errorf("%s%s \"\": must not be empty", name, value.Name)
			}
		}
	}
	return nil
}

// texts are the strings of a field of the command line.
func texts(v reflect.Value) []string {
	switch field := v.Interface().(type) {
	case string:
		return []string{field}
	case []string:
		return field
	}
	return nil
}

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
	if m := strayUnit.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Sprintf("%s: a time and its unit are one word (500%s) or stand in quotes (\"500 %s\")", err, m[1], m[1])
	}
	if m := badWord.FindStringSubmatch(err.Error()); m != nil {
		words := strings.Split(strings.ReplaceAll(m[1], `"`, ""), ",")
		if guess := fault.Meant(m[2], words); guess != "" {
			return err.Error() + ", did you mean \"" + guess + "\"?"
		}
	}
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

// maxFaults are printed of one error; what is behind them is mostly more of the same.
const maxFaults = 20

// engineNames are those that the flags take.
func engineNames() string {
	var names []string
	for _, k := range slices.Backward(engines.All) {
		names = append(names, k.Name)
	}
	return strings.Join(names, ",")
}

// fail prints an error, one line a fault and below it the place in the file, and returns
// its exit status.
func (t *terminal) fail(err error) (status int) {
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	if t.told && errors.Is(err, experiment.ErrInterrupted) { // of the interruption, with what was kept
		err = without(err, experiment.ErrInterrupted)
		if err == nil {
			return exitInterrupted
		}
		defer func() { status = exitInterrupted }()
	}
	all, quoted := distinct(faults(err)), t.onOneLine()
	for i, one := range all {
		if i == maxFaults {
			fmt.Fprintf(t.err, "einet: and %d more faults\n", len(all)-i)
			break
		}
		for line := range strings.Lines(quoted.Replace(one.Error())) {
			fmt.Fprintf(t.err, "einet: %s\n", fault.OneLine(strings.TrimSuffix(line, "\n")))
		}
		var field fault.Error
		if errors.As(one, &field) && field.Snippet() != "" {
			fmt.Fprintln(t.err, field.Snippet())
		}
	}
	return exitStatus(err)
}

// onOneLine escapes the ends of line in the names that the command line has or means.
func (t *terminal) onOneLine() *strings.Replacer {
	var pairs []string
	for _, arg := range slices.Concat(t.args, t.found) {
		for _, name := range strings.FieldsFunc(arg, func(r rune) bool { return r == '/' || r == '=' }) {
			if strings.TrimSpace(name) != "" && strings.ContainsAny(name, "\n\r") {
				pairs = append(pairs, name, fault.OneLine(name))
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// without is what an error joins besides one.
func without(err, one error) error {
	return errors.Join(slices.DeleteFunc(faults(err), func(e error) bool { return errors.Is(e, one) })...)
}

// distinct leaves out errors that say what one before them says: columns of one file that can't be written, say.
func distinct(all []error) []error {
	said := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(err error) bool {
		before := said[err.Error()]
		said[err.Error()] = true
		return before
	})
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

// commandLine is the command as a shell takes it.
func commandLine(args []string) string {
	words := []string{"einet"}
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n*?[]{}()<>|&;$`\"'\\!#~") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
