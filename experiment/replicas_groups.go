package experiment

import "einet/network"

// A TrialOfGroup is the statistics of a group's spikes in one replica, as those of a run: of a division those of single neurons are its
// population's, and correlation and rate_sd_hz the means over its parts.
type TrialOfGroup struct {
	RateHz       *float64 `json:"rate_hz"`
	CVISI        *float64 `json:"cv_isi"`
	CV2          *float64 `json:"cv2"`
	LV           *float64 `json:"lv"`
	Fano         *float64 `json:"fano"`
	Correlation  *float64 `json:"mean_pairwise_correlation"`
	RateSDHz     *float64 `json:"rate_sd_hz"`
	PartRateSDHz *float64 `json:"part_rate_sd_hz,omitempty"` // of a division
}

// A GroupOverTrials is a group's neurons, and its statistics over the replicas that are not interrupted.
type GroupOverTrials struct {
	GroupNeurons
	RateHz       Moments  `json:"rate_hz"`
	CVISI        Moments  `json:"cv_isi"`
	CV2          Moments  `json:"cv2"`
	LV           Moments  `json:"lv"`
	Fano         Moments  `json:"fano"`
	Correlation  Moments  `json:"mean_pairwise_correlation"`
	RateSDHz     Moments  `json:"rate_sd_hz"`
	PartRateSDHz *Moments `json:"part_rate_sd_hz,omitempty"` // of a division
}

// ofTrial are the groups' statistics in a replica, beside those of the populations; nil where there are no groups.
func (g *groupStatistics) ofTrial(net *network.Network, populations map[string]TrialOfPopulation, discard, step int64) map[string]TrialOfGroup {
	if g == nil {
		return nil
	}
	whole := map[string]PopulationSummary{}
	for _, p := range net.Populations {
		of := populations[p.Name]
		whole[p.Name] = PopulationSummary{Size: p.Size, RateHz: of.RateHz, CVISI: of.CVISI, CV2: of.CV2, LV: of.LV, Fano: of.Fano}
	}
	all := map[string]TrialOfGroup{}
	summaries, _ := g.summaries(net, whole, discard, step)
	for name, s := range summaries {
		all[name] = TrialOfGroup{s.RateHz, s.CVISI, s.CV2, s.LV, s.Fano, s.Correlation, s.RateSDHz, s.PartRateSDHz}
	}
	return all
}

// overGroups are the groups' statistics over trials.
func overGroups(net *network.Network, moments func(of func(t *TrialSummary) *float64) Moments) map[string]GroupOverTrials {
	neurons := groupNeurons(net)
	if neurons == nil {
		return nil
	}
	all := map[string]GroupOverTrials{}
	for name, n := range neurons {
		over := func(of func(g *TrialOfGroup) *float64) Moments {
			return moments(func(t *TrialSummary) *float64 {
				g := t.Groups[name]
				return of(&g)
			})
		}
		g := GroupOverTrials{
			GroupNeurons: n,
			RateHz:       over(func(g *TrialOfGroup) *float64 { return g.RateHz }),
			CVISI:        over(func(g *TrialOfGroup) *float64 { return g.CVISI }),
			CV2:          over(func(g *TrialOfGroup) *float64 { return g.CV2 }),
			LV:           over(func(g *TrialOfGroup) *float64 { return g.LV }),
			Fano:         over(func(g *TrialOfGroup) *float64 { return g.Fano }),
			Correlation:  over(func(g *TrialOfGroup) *float64 { return g.Correlation }),
			RateSDHz:     over(func(g *TrialOfGroup) *float64 { return g.RateSDHz }),
		}
		if part, _ := net.Part(name); part.Count > 1 {
			m := over(func(g *TrialOfGroup) *float64 { return g.PartRateSDHz })
			g.PartRateSDHz = &m
		}
		all[name] = g
	}
	return all
}
