// Package stattest tells whether random numbers follow the law they should: goodness of fit,
// independence, and the checks that hold both to a size of error. Its one invariant: a p-value of a
// right sample is uniform on [0, 1], so that one near 0 says that the sample departs from the law and
// one near 1 that it follows it more closely than chance would.
package stattest

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Level is the probability that a right sample has of a p-value which Fails: 1e-6 at each end.
// Of a thousand p-values one would be there by chance in one of five hundred versions of einet; seeds
// are fixed, so that a version always has the same.
const Level = 1e-6

// Fails tells whether a p-value is one that a right sample doesn't have.
func Fails(p float64) bool { return !(p >= Level && 1-p >= Level) }

// fewest is how many a cell of a chi-square must expect: below, its distribution is not that of the
// tables (Cochran, Ann. Math. Statist. 23 (1952) 315, asks for 5 to 10).
const fewest = 10

// cells is how many a law is cut into at most: more would see finer departures, and smaller ones less.
const cells = 128

// ChiSquare is the p-value of Pearson's statistic of counts in cells that between them hold the whole
// sample, where want are expected. Neighbours are put together until a cell expects 10 at least, and a 128th of
// all. Where this leaves one cell it is NaN, which Fails: such a sample says nothing.
func ChiSquare(counts, want []float64) float64 {
	return pearson(counts, want, max(fewest, sum(want)/cells*(1-1e-9))) // equal cells are not put together for a rounding
}

// pearson puts neighbours together until least are expected.
func pearson(counts, want []float64, least float64) float64 {
	var statistic, n, e float64
	filled, rest := 0, sum(want)
	for k := range want {
		n, e, rest = n+counts[k], e+want[k], rest-want[k]
		if last := k+1 == len(want); !last && (e < least || rest < least) {
			continue
		}
		statistic += (n - e) * (n - e) / e
		n, e = 0, 0
		filled++
	}
	if filled < 2 {
		return math.NaN()
	}
	return Above(statistic, filled-1)
}

// Above is the probability that a chi-square variable of the given degrees of freedom is above x.
func Above(x float64, freedom int) float64 {
	return distuv.ChiSquared{K: float64(freedom)}.Survival(x)
}

// Tail is the probability that a standard normal variable is above z.
func Tail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// Even is the p-value of counts that should be equal but for chance, and whose sum is given, by the
// chi-square of their dispersion. With q = the probability that one draw falls to one of them, a draw without
// replacement being all that is drawn together, variance is mean (1 - q).
func Even(counts []float64, q float64) float64 {
	n := float64(len(counts))
	mean, statistic := sum(counts)/n, 0.0
	for _, c := range counts {
		statistic += (c - mean) * (c - mean)
	}
	return Above(statistic/(mean*(1-q))*(n-1)/n, len(counts)-1)
}

// KS is the p-value of the Kolmogorov-Smirnov statistic of a sample, which it sorts, under a continuous
// distribution function: its limit law, with the correction for finite samples of Stephens (J. R. Statist.
// Soc. B 32 (1970) 115), right to a few per cent of p from five values on.
func KS(sample []float64, cdf func(x float64) float64) float64 {
	slices.Sort(sample)
	n, d := float64(len(sample)), 0.0
	for k, x := range sample {
		f := cdf(x)
		d = max(d, f-float64(k)/n, float64(k+1)/n-f)
	}
	return kolmogorov(d * (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)))
}

// kolmogorov is the probability that Kolmogorov's variable is above x, by the series that converges there.
func kolmogorov(x float64) float64 {
	sum := 0.0
	if x < 1 {
		for k := 1.0; k < 20; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	for k, sign := 1.0, 1.0; k < 20; k, sign = k+1, -sign {
		sum += sign * math.Exp(-2*k*k*x*x)
	}
	return 2 * sum
}

// A Table counts pairs of classes.
type Table struct {
	rows, columns int
	counts        []float64
}

// NewTable is an empty table of pairs of a row and a column.
func NewTable(rows, columns int) *Table { return &Table{rows, columns, make([]float64, rows*columns)} }

// Add counts one pair.
func (t *Table) Add(row, column int) { t.counts[row*t.columns+column]++ }

// Independent is the p-value of Pearson's statistic of independence of rows and columns, whatever the
// distribution of each.
func (t *Table) Independent() float64 {
	rows, columns, all := make([]float64, t.rows), make([]float64, t.columns), 0.0
	for k, n := range t.counts {
		rows[k/t.columns] += n
		columns[k%t.columns] += n
		all += n
	}
	statistic := 0.0
	for k, n := range t.counts {
		if e := rows[k/t.columns] * columns[k%t.columns] / all; e > 0 {
			statistic += (n - e) * (n - e) / e
		}
	}
	return Above(statistic, (occupied(rows)-1)*(occupied(columns)-1))
}

func occupied(margin []float64) (n int) {
	for _, x := range margin {
		if x > 0 {
			n++
		}
	}
	return n
}

// Correlation is the p-value of the correlation of pairs whose true one is rho, by Fisher's z: small
// where it is above rho, near 1 where it is below.
func Correlation(x, y []float64, rho float64) float64 {
	n := float64(len(x))
	mx, my := sum(x)/n, sum(y)/n
	var xx, yy, xy float64
	for k := range x {
		dx, dy := x[k]-mx, y[k]-my
		xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
	}
	return Tail((math.Atanh(xy/math.Sqrt(xx*yy)) - math.Atanh(rho)) * math.Sqrt(n-3))
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
