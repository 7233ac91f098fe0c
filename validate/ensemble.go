package validate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// rounding is the smallest difference and spread that a statistic can have, in
// its own unit, of order 1 in all of them: less is what floating-point sums
// leave of nothing, such as the 1e-8 of a clock's CV, and tells nothing.
const rounding = 1e-6

// shrinkage is how much of a covariance in which statistics don't go together
// is added to the seeds' own, which few seeds can't tell from a singular one.
// Among 0.3, 1 and 3, for the networks of the presets, 1 noticed as much as any.
const shrinkage = 1

// A departure is how far one run is from others.
type departure struct {
	distance float64
	parts    []part // of each statistic
}

// A part is what one statistic contributes.
type part struct {
	value    float64 // of the run
	mean, sd float64 // of the others, NaN where some lack it
	off      float64 // (value - mean)/sd, 0 where it isn't compared
	share    float64 // of the squared distance; all add up to 1
}

// departureOf is the distance of run i of a list from the others by the
// statistics that are compared, which none of them may lack. With z the run's
// statistics, each less the others' mean over their standard deviation, and R
// the others' correlations, its square is z' (R + shrinkage)^-1 z: that of
// Mahalanobis with a ridge, as in Chen, Paul, Prentice & Wang, J. Am. Stat.
// Assoc. 106 (2011) 1345. It sees a statistic that is off by itself, and
// statistics that go together in the others and here don't, as a higher CV at
// the same rate.
func departureOf(runs []fingerprint, i int, compared []int) departure {
	d := departure{parts: make([]part, len(runs[i]))}
	var z []float64        // [compared]
	var others [][]float64 // [compared][other run], likewise standardised
	for k := range runs[i] {
		p := &d.parts[k]
		values := column(runs, i, k)
		p.value = runs[i][k]
		p.mean, p.sd = spread(values)
		if !slices.Contains(compared, k) {
			continue
		}
		if math.Abs(p.value-p.mean) >= rounding {
			p.off = (p.value - p.mean) / p.sd
		}
		for j := range values {
			values[j] = (values[j] - p.mean) / p.sd
		}
		z, others = append(z, p.off), append(others, values)
	}
	shares := ridge(z, others)
	squares := 0.0
	for _, s := range shares {
		squares += s
	}
	d.distance = math.Sqrt(squares)
	for k, s := range shares {
		if squares > 0 {
			d.parts[compared[k]].share = s / squares
		}
	}
	return d
}

// column is statistic k of all runs but i.
func column(runs []fingerprint, i, k int) []float64 {
	var values []float64
	for j := range runs {
		if j != i {
			values = append(values, runs[j][k])
		}
	}
	return values
}

// spread is the mean and standard deviation of values, NaN where one is.
func spread(values []float64) (mean, sd float64) {
	mean, sd = stat.MeanStdDev(values, nil)
	if sd < rounding {
		sd = rounding
	}
	return mean, sd
}

// ridge are the terms z_k ((R + shrinkage)^-1 z)_k, where R = Z Z'/(n-1) of the
// standardised values Z [statistic][run] of n runs. There are fewer runs than
// statistics, so it solves for runs (Woodbury's identity).
func ridge(z []float64, standardised [][]float64) []float64 {
	if len(z) == 0 {
		return nil
	}
	n := len(standardised[0])
	gram, seen := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for k, row := range standardised {
		gram.SymRankOne(gram, 1, mat.NewVecDense(n, row))
		seen.AddScaledVec(seen, z[k], mat.NewVecDense(n, row))
	}
	for j := range n {
		gram.SetSym(j, j, gram.At(j, j)+shrinkage*float64(n-1))
	}
	var factor mat.Cholesky
	factor.Factorize(gram) // whose eigenvalues are at least shrinkage*(n-1)
	along := mat.NewVecDense(n, nil)
	_ = factor.SolveVecTo(along, seen) // its error is that of a singular matrix
	terms := make([]float64, len(z))
	for k, row := range standardised {
		terms[k] = z[k] * (z[k] - mat.Dot(mat.NewVecDense(n, row), along)) / shrinkage
	}
	return terms
}
