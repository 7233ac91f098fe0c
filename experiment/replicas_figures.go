package experiment

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"einet/plot"
)

// A Chosen is which replica of a folder figures are of: its trial, and its seed where there are several.
type Chosen struct {
	Trial *uint32
	Seed  *uint32
}

// DrawReplicas draws figures of the replicas in a folder into out, as Draw does: of one that is chosen those of a run, whose names end
// in what tells its files from others; else the rates over trials.
func DrawReplicas(ctx context.Context, dir, out string, x Excerpt, which Chosen, of ...string) ([]string, error) {
	var s ReplicasSummary
	if _, err := readSummary(filepath.Join(dir, SummaryFile), &s); err != nil {
		return nil, err
	}
	if len(s.Trials) == 0 {
		return nil, fmt.Errorf("%s: holds no trials", filepath.Join(dir, SummaryFile))
	}
	if which.Trial == nil && which.Seed == nil {
		if len(of) > 0 {
			return nil, errors.New("--groups: is of one trial: --trial says which")
		}
		net, err := ReadNetwork(dir)
		if err != nil {
			return nil, err
		}
		t, err := readTrials(ctx, dir, &s, net, x)
		if err != nil || t == nil {
			return nil, err
		}
		f, err := plot.PSTH(t.shown())
		if err != nil {
			return nil, err
		}
		return WriteFigure(out, f)
	}
	trial, err := s.choose(which)
	if err != nil {
		return nil, err
	}
	suffix := strings.TrimSuffix(strings.TrimPrefix(trial.File, strings.TrimSuffix(SpikesFile, ".npz")), ".npz")
	data, err := readRun(ctx, dir, filesOf{suffix, trial.Seed, trial.Trial, s.DiscardMs}, x, rasterNeurons, of)
	if err != nil {
		return nil, err
	}
	return drawAll(ctx, dir, out, suffix, &data)
}

// choose finds a trial.
func (s *ReplicasSummary) choose(which Chosen) (*TrialSummary, error) {
	seed, trial := s.Seed, s.Trials[0].Trial
	if which.Seed != nil {
		seed = *which.Seed
	}
	if which.Trial != nil {
		trial = *which.Trial
	}
	for k := range s.Trials {
		if t := &s.Trials[k]; t.Seed == seed && t.Trial == trial {
			return t, nil
		}
	}
	first, last := s.Trials[0], s.Trials[len(s.Trials)-1]
	allowed := fmt.Sprintf("--trial %d: must be from %d to %d", trial, first.Trial, last.Trial)
	if first.Seed != last.Seed {
		allowed = fmt.Sprintf("--seed %d --trial %d: must be seeds %d to %d, trials %d to %d", seed, trial, first.Seed, last.Seed, first.Trial, last.Trial)
	} else if seed != first.Seed {
		allowed = fmt.Sprintf("--seed %d: must be %d", seed, first.Seed)
	}
	return nil, errors.New(allowed + ", of which there are files")
}

// filesOf are those of one replica: what their names end in, what it was simulated with, and what its statistics leave out. Of a run all
// are zero.
type filesOf struct {
	suffix      string
	seed, trial uint32
	discardMs   float64
}

// path is that of a file of the replica in a folder.
func (f filesOf) path(dir, file string) string {
	extension := filepath.Ext(file)
	return filepath.Join(dir, strings.TrimSuffix(file, extension)+f.suffix+extension)
}
