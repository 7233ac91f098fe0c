package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Limits are what the machine can do at most, beside which the engines' times
// stand: its bandwidth, and how fast one number after another can be added to
// random places, which is what a synapse does.
type Limits struct {
	Threads    int         `json:"threads"` // what is called all
	Bandwidth  []Bandwidth `json:"bandwidth"`
	Increments []Increment `json:"increments"`
}

// A Bandwidth is how fast float32 are copied (b = a) and combined (the triad
// a = b + s c), as McCalpin's STREAM counts it: bytes that the program reads and
// writes [GB/s], on one thread, and on all threads together, each of which has
// arrays of its own of that many bytes in all (all threads' 1 GiB at most).
type Bandwidth struct {
	Bytes    int64   `json:"bytes"`
	Copy     float64 `json:"copy_gb_s"`
	CopyAll  float64 `json:"copy_all_threads_gb_s"`
	Triad    float64 `json:"triad_gb_s"`
	TriadAll float64 `json:"triad_all_threads_gb_s"`
}

// An Increment is the time of x[i] += w for int32 x at random places i of a block
// of that many bytes [ns], on one thread, and on each of all threads at a time, with a
// block of its own (0: not measured, their blocks are more than 1 GiB).
type Increment struct {
	Bytes int64   `json:"bytes"`
	One   float64 `json:"ns"`
	All   float64 `json:"all_threads_ns"`
}

// workingSets are those of a thread: from what any first-level cache holds to what
// few last-level ones do. blocks end where a synapse's target does in practice.
var (
	workingSets = []int64{16 << 10, 256 << 10, 2 << 20, 16 << 20, 256 << 20}
	blocks      = []int64{16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20}
)

// memoryOfAll bounds the arrays of all threads together.
const memoryOfAll = 1 << 30

// MeasureLimits measures this machine with that many threads, in a few seconds.
func MeasureLimits(ctx context.Context, threads int) (*Limits, error) {
	l := &Limits{Threads: threads}
	for _, bytes := range workingSets {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		of := min(bytes, memoryOfAll/int64(threads))
		l.Bandwidth = append(l.Bandwidth, Bandwidth{
			Bytes: bytes,
			Copy:  bandwidth(1, bytes, 2, copyArrays), CopyAll: bandwidth(threads, of, 2, copyArrays),
			Triad: bandwidth(1, bytes, 3, triadArrays), TriadAll: bandwidth(threads, of, 3, triadArrays),
		})
	}
	for _, bytes := range blocks {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		l.Increments = append(l.Increments, Increment{Bytes: bytes, One: increments(1, bytes), All: increments(threads, bytes)})
	}
	return l, nil
}

// bandwidth is that of all threads together [GB/s]: the fastest of several times,
// each of which passes over arrays of so many bytes in all.
func bandwidth(threads int, bytes int64, arrays int, pass func(x [][]float32)) float64 {
	data := make([][][]float32, threads)
	for i := range data {
		for range arrays {
			x := make([]float32, bytes/int64(arrays)/4)
			for k := range x {
				x[k] = 1
			}
			data[i] = append(data[i], x)
		}
	}
	rounds := max(1, int(16<<20/bytes))
	took := fastest(threads, func(i int) {
		for range rounds {
			pass(data[i])
		}
	})
	moved := float64(rounds) * float64(arrays) * float64(len(data[0][0])) * 4
	return moved * float64(threads) / float64(took.Nanoseconds())
}

func copyArrays(x [][]float32)  { copy(x[1], x[0]) }
func triadArrays(x [][]float32) { triad(x[0], x[1], x[2], 0.5) }

// triadScalar is a = b + s c; triad is the same by SIMD where there is some.
func triadScalar(a, b, c []float32, s float32) {
	b, c = b[:len(a)], c[:len(a)]
	for i := range a {
		a[i] = b[i] + float32(s*c[i])
	}
}

// largestBlock is the last of blocks, in numbers.
const largestBlock = 16 << 20

// increments is the time of one increment, in a thread of so many; 0 where the blocks
// of all would exceed memoryOfAll.
func increments(threads int, bytes int64) float64 {
	if int64(threads)*bytes > memoryOfAll {
		return 0
	}
	type thread struct {
		at []uint32
		x  *[largestBlock]int32
	}
	all := make([]thread, threads)
	for i := range all {
		all[i] = thread{places(bytes, uint64(i)), new([largestBlock]int32)}
	}
	number := len(all[0].at)
	rounds := max(1, 1<<21/number)
	took := fastest(threads, func(i int) {
		for range rounds {
			increment(all[i].x, all[i].at)
		}
	})
	return float64(took.Nanoseconds()) / float64(rounds*number)
}

// places are random places of a block of int32, four for each cache line: with a fixed
// number, a large block would only be as large as the lines that they are in.
func places(bytes int64, seed uint64) []uint32 {
	rnd := rand.New(rand.NewPCG(1, seed))
	at := make([]uint32, max(1<<16, bytes/16))
	for k := range at {
		at[k] = rnd.Uint32N(uint32(bytes / 4))
	}
	return at
}

// increment adds to random places, as a synapse does, with what the compiler needs
// to leave out bounds checks.
func increment(x *[largestBlock]int32, at []uint32) {
	const mask = largestBlock - 1
	for ; len(at) >= 4; at = at[4:] {
		x[at[0]&mask] += 3
		x[at[1]&mask] += 3
		x[at[2]&mask] += 3
		x[at[3]&mask] += 3
	}
}

// fastest is the shortest time in which all threads do their work, of several.
func fastest(threads int, work func(i int)) time.Duration {
	const attempts = 5
	least := time.Duration(1<<63 - 1)
	for range attempts {
		var ready, done sync.WaitGroup
		begin := make(chan struct{})
		for i := range threads {
			ready.Add(1)
			done.Go(func() {
				ready.Done()
				<-begin
				work(i)
			})
		}
		ready.Wait()
		start := time.Now()
		close(begin)
		done.Wait()
		least = min(least, time.Since(start))
	}
	return least
}
