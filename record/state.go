package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
)

// A State is what a run kept of the neurons of a population.
type State struct {
	Step   []uint32               // [T]
	Neuron []int64                // [K] global ids
	Values map[string][][]float32 // of each variable [T][K]
}

// ReadState reads those variables of a population from a file of states; of an array that was not written there is an error.
func ReadState(path, population string, variables []string) (*State, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: not an .npz archive", path)
	}
	defer z.Close()
	s, err := readState(&z.Reader, population, variables)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func readState(z *zip.Reader, population string, variables []string) (*State, error) {
	s := &State{Values: map[string][][]float32{}}
	var err error
	if s.Step, err = readVector[uint32](z, population+"_step"); err != nil {
		return nil, err
	}
	if s.Neuron, err = readVector[int64](z, population+"_neuron"); err != nil {
		return nil, err
	}
	for _, v := range variables {
		rows, err := readMatrix(z, population+"_"+v)
		if err != nil {
			return nil, err
		}
		if len(rows) != len(s.Step) || len(rows) > 0 && len(rows[0]) != len(s.Neuron) {
			return nil, fmt.Errorf("array %s_%s: is not of %d steps and %d neurons", population, v, len(s.Step), len(s.Neuron))
		}
		s.Values[v] = rows
	}
	return s, nil
}
