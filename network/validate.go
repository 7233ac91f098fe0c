package network

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"einet/fault"
)

// The largest numbers that a network may have.
const (
	MaxNeurons     = 1<<31 - 1 // of a network: ids are int32 on the GPU
	MaxPopulations = 1024
	MaxProjections = 4096
	maxTrial       = 1<<14 - 1
	MaxSteps       = 1 << 30   // of a time: sums of two of them fit an int32
	MaxRun         = 1<<32 - 1 // steps of a run, with the longest time that may reach behind its end: they fit 32 bits
	MaxMagnitude   = 1e9       // of any number: float32 holds its square
)

// Validate reports every fault of the network as a fault.Error, all joined, or
// nil. A network without faults can be built and simulated by every engine, if
// the machine has the memory.
func (n *Network) Validate() error { return fault.Join(n.Faults()) }

// A checker collects the faults of a network's values. Every comparison is
// written so that a NaN elsewhere makes no second fault.
type checker struct {
	dt      float64                 // NaN where dt itself is at fault
	samples int                     // numbers of all Samples
	right   map[string]*NeuronModel // those of the network's models that have no fault
	choices choices                 // of the projection at hand
	faults  []fault.Error
}

// Faults are those of Validate, in the order of the fields.
func (n *Network) Faults() []fault.Error {
	c := &checker{dt: math.NaN()}
	c.keys("", n, Keys("network", ""))
	c.want(len(n.Populations) <= MaxPopulations, "populations", len(n.Populations),
		fmt.Sprintf("must be at most %d", MaxPopulations))
	c.want(len(n.Projections) <= MaxProjections, "projections", len(n.Projections),
		fmt.Sprintf("must be at most %d", MaxProjections))
	c.models(n.Models)
	c.populations(n.Populations)
	c.arrays(n.Populations)
	c.groups(n)
	c.projections(n)
	c.rates(n)
	c.record(n)
	if len(c.faults) == 0 {
		most := float64(n.LastStep())
		c.want(math.Round(n.Duration/n.Dt) <= most, "duration", n.Duration,
			"must be at most 2^32 - 1 steps of dt less the longest delay and refractory period, "+fault.Number(most*n.Dt)+" ms")
	}
	return c.faults
}

// LastStep is the last step that a run of a network without faults may have: a spike of that step arrives, and its neuron may fire again, at
// steps that are counted yet.
func (n *Network) LastStep() int64 {
	longest := 1
	for i := range n.Populations {
		_, most := n.Populations[i].RefractorySteps(n.Dt)
		longest = max(longest, most+1)
	}
	for i := range n.Projections {
		_, last := n.DelaySteps(&n.Projections[i])
		longest = max(longest, last)
	}
	return MaxRun - int64(longest)
}

func (c *checker) populations(all []Population) {
	if len(all) == 0 {
		c.fault("populations", "", MustMap+" of at least one population")
	}
	seen := map[string]bool{}
	neurons := 0
	for i, p := range all {
		path := c.member("populations", p.Name, i, seen)
		if c.want(p.Size >= 1, path+".size", p.Size, MustSize) && neurons <= MaxNeurons {
			neurons += min(p.Size, MaxNeurons+1)
		}
		c.population(path, &p)
	}
	c.want(c.samples <= MaxSamples, "populations", c.samples, MustSamples)
	if neurons > MaxNeurons {
		c.fault("populations", "", "must have fewer than 2^31 neurons in all")
	}
}

func (c *checker) projections(n *Network) {
	seen := map[string]bool{}
	for i, p := range n.Projections {
		path := c.member("projections", p.Name, i, seen)
		from, to := p.EndNames()
		for _, end := range []struct{ key, name string }{{".from", from}, {".to", to}} {
			if _, ok := n.Part(end.name); !ok && len(n.Populations) > 0 {
				c.want(false, path+end.key, end.name, n.mustBePart(end.name))
			}
		}
		c.projection(path, &p, n)
	}
}

// member checks the name of a population or projection and returns its path.
func (c *checker) member(of, called string, i int, seen map[string]bool) string {
	path := fault.Path(of, called)
	if called == "" {
		path = fault.Path(of, strconv.Itoa(i))
	}
	if c.want(MemberName.MatchString(called), path, called, "the name must match "+NamePattern) {
		c.want(!seen[called], path, called, "the name must not stand here twice")
	}
	seen[called] = true
	return path
}

// grid checks a time that must be a whole number of steps, at least so many.
func (c *checker) grid(path string, ms float64, least float64) {
	if allowed := GridFault(ms, c.dt, least); allowed != "" {
		c.fault(path, fault.Number(ms), allowed)
	}
}

// GridFault says what a time [ms] must be that is to be a whole number of steps of dt, at least so many; "" if it is.
// The tolerance is that of a decimal fraction's rounding, far below a step. Where dt is NaN there is no grid.
func GridFault(ms, dt, least float64) string {
	return gridFault(ms, dt, least, MaxSteps, "2^30")
}

// runFault is GridFault of a run's duration.
func runFault(ms, dt float64) string { return gridFault(ms, dt, 0, MaxRun, "2^32 - 1") }

func gridFault(ms, dt, least, most float64, called string) string {
	switch steps := ms / dt; {
	case math.IsNaN(ms) || math.IsInf(ms, 0):
		return MustTime
	case math.IsNaN(dt):
		if ms < 0 {
			return MustTime + ", not negative"
		}
	case steps > most:
		return "must be at most " + called + " steps of dt, " + fault.Number(most*dt) + " ms"
	case math.Abs(steps-math.Round(steps)) > 1e-6 || math.Round(steps) < least:
		nearest := math.Max(math.Round(steps), least) * dt
		return fmt.Sprintf("must be a whole multiple of dt (%s ms), at least %s; the nearest is %s",
			fault.Number(dt), fault.Number(least*dt), fault.Number(nearest))
	}
	return ""
}

func (c *checker) number(path string, x float64) bool {
	return c.want(math.Abs(x) <= MaxMagnitude, path, x, MustNumber)
}

func (c *checker) positive(path string, x float64) bool {
	return c.want(x > 0 && x <= MaxMagnitude, path, x, MustTau)
}

// step checks dt, which others are held to.
func (c *checker) step(path string, n *Network) {
	if c.want(timeConstant.holds(n.Dt), path, n.Dt, MustTau) {
		c.dt = n.Dt
	}
}

func (c *checker) named(path string, n *Network) {
	c.want(networkName.MatchString(n.Name), path, n.Name, "must match "+networkPattern)
}

func (c *checker) text(path, text string) {
	c.want(isText(text), path, text, "must be UTF-8 text without control characters")
}

func (c *checker) scaleRule(path string, s *Scaling) {
	c.want(s.Rule == "" || s.Rule == FixedInDegree, path, string(s.Rule), mustScaleRule)
}

// want makes a fault of what isn't so, and returns whether it is.
func (c *checker) want(so bool, path string, value any, allowed string) bool {
	if so {
		return true
	}
	switch v := value.(type) {
	case float64:
		c.fault(path, fault.Number(v), allowed)
	case string:
		c.fault(path, fault.Clip(strconv.Quote(v)), allowed)
	default:
		c.fault(path, fmt.Sprint(v), allowed)
	}
	return false
}

func (c *checker) fault(path, value, allowed string) {
	c.faults = append(c.faults, fault.Error{Path: path, Value: value, Allowed: allowed})
}

// isText tells whether a text can be written to YAML and read back.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\ufeff' || r == utf8.RuneError
	})
}

// The shapes of names: those of populations and projections may be used in
// paths and expressions, a network's names a folder.
const (
	NamePattern    = `[A-Za-z][A-Za-z0-9_]{0,63}`
	networkPattern = `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`
)

var (
	MemberName  = regexp.MustCompile(`^` + NamePattern + `$`)
	networkName = regexp.MustCompile(`^` + networkPattern + `$`)
)
