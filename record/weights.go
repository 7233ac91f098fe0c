package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"strings"

	"einet/dynamics"
	"einet/fault"
)

// FinalWeights are the weights of a projection with long-term plasticity at the end of a run, by synapse: source, target (numbers in
// their populations), delay and weight at the start.
type FinalWeights struct {
	Source, Target []uint32
	DelayMs        []float32
	Omega          []uint32 // parts of WMax, in units of 2^-31
	WMax           float64  // in the unit of the projection's weight

	Edges      []float64 // of bins of weights, ascending
	Start, End []int64   // how many are in each
}

// Weight is that of a synapse, in the unit of the projection's weight.
func (f *FinalWeights) Weight(synapse int) float64 {
	return float64(f.Omega[synapse])/dynamics.One*f.WMax + 0 // not -0
}

// What each array of a projection is called behind its name.
const (
	omegaArray = "_omega"
	edgesArray = "_edges"
)

// Add adds the arrays of a projection to a file that has room for its weights as numbers.
func (f *FinalWeights) Add(s *Stream, name string, weights []float64) {
	s.FixedUints(name+"_source", f.Source)
	s.FixedUints(name+"_target", f.Target)
	s.FixedSingles(name+"_delay", f.DelayMs)
	s.FixedUints(name+omegaArray, f.Omega)
	s.FixedFloats(name+"_weight", weights)
	s.FixedFloats(name+"_w_max", []float64{f.WMax})
	s.FixedFloats(name+edgesArray, f.Edges)
	s.FixedInts(name+"_counts_start", f.Start)
	s.FixedInts(name+"_counts_end", f.End)
}

// openWeights opens a file of weights.
func openWeights(path string) (*zip.ReadCloser, error) {
	z, err := zip.OpenReader(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: not an .npz archive", path)
	}
	return z, err
}

// ReadFinalWeights reads what a run to go on from needs: the synapses of a projection, and ω of each.
func ReadFinalWeights(path, projection string) (*FinalWeights, error) {
	z, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := readFinalWeights(&z.Reader, projection)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

func readFinalWeights(z *zip.Reader, name string) (f *FinalWeights, err error) {
	var there []string
	for _, m := range z.File {
		if p, is := strings.CutSuffix(m.Name, omegaArray+".npy"); is {
			if there = append(there, p); p == name {
				f = &FinalWeights{}
			}
		}
	}
	if f == nil && there == nil {
		return nil, errors.New("holds no final weights: must be the final_weights.npz of a run")
	} else if f == nil {
		return nil, fmt.Errorf("holds weights of %s, none of %s", fault.Listing(there), name)
	}
	max := []float64(nil)
	for _, read := range []func() error{
		func() error { f.Omega, err = readVector[uint32](z, name+omegaArray); return err },
		func() error { f.Source, err = readVector[uint32](z, name+"_source"); return err },
		func() error { f.Target, err = readVector[uint32](z, name+"_target"); return err },
		func() error { f.DelayMs, err = readVector[float32](z, name+"_delay"); return err },
		func() error { max, err = readVector[float64](z, name+"_w_max"); return err },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	n := len(f.Omega)
	if len(f.Source) != n || len(f.Target) != n || len(f.DelayMs) != n || len(max) != 1 {
		return nil, fmt.Errorf("arrays of %s: are not of one length", name)
	}
	f.WMax = max[0]
	return f, nil
}

// ReadWeightCounts reads how the weights of a projection were distributed at the start and the end of a run, without these.
func ReadWeightCounts(path, projection string) (f *FinalWeights, err error) {
	z, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f = &FinalWeights{}
	if f.Edges, err = readVector[float64](&z.Reader, projection+edgesArray); err == nil {
		f.Start, err = readVector[int64](&z.Reader, projection+"_counts_start")
	}
	if err == nil {
		f.End, err = readVector[int64](&z.Reader, projection+"_counts_end")
	}
	if err == nil && (len(f.Edges) < 2 || len(f.Start) != len(f.Edges)-1 || len(f.End) != len(f.Start)) {
		err = fmt.Errorf("arrays of %s: are not of as many bins", projection)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// ReadWeights reads the weights of some synapses of a projection that a run has recorded, [T][K], at its steps.
func ReadWeights(path, projection string) (steps []uint32, weights [][]float32, err error) {
	z, err := openWeights(path)
	if err != nil {
		return nil, nil, err
	}
	defer z.Close()
	if steps, err = readVector[uint32](&z.Reader, projection+"_step"); err == nil {
		weights, err = readMatrix(&z.Reader, projection+"_weight")
	}
	if err == nil && len(steps) != len(weights) {
		err = fmt.Errorf("arrays of %s: are not of as many steps", projection)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return steps, weights, nil
}
