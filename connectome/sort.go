package connectome

import "slices"

// A sorter sorts packed rows: by the highest bits, which are of the delay, in one pass over all, and
// what has the same ones, which is little, by insertion.
type sorter struct {
	row []uint32
}

// fewToSort is how many insertion sorts quickly.
const fewToSort = 24

// The highest bits by which rows are sorted first.
const (
	sortShift  = 32 - fewestDelayBits
	sortDigits = 1 << fewestDelayBits
)

func (s *sorter) sort(row []uint32) {
	if len(row) <= fewToSort {
		insert(row)
		return
	}
	var next [sortDigits + 1]uint32
	for _, x := range row {
		next[x>>sortShift+1]++
	}
	for d := range sortDigits {
		next[d+1] += next[d]
	}
	begin := next
	s.row = append(s.row[:0], row...)
	for _, x := range s.row {
		at := &next[x>>sortShift]
		row[*at] = x
		*at++
	}
	for d := range sortDigits {
		if part := row[begin[d]:begin[d+1]]; len(part) <= fewToSort {
			insert(part)
		} else {
			slices.Sort(part)
		}
	}
}

func insert(row []uint32) {
	for i := 1; i < len(row); i++ {
		x, k := row[i], i
		for ; k > 0 && row[k-1] > x; k-- {
			row[k] = row[k-1]
		}
		row[k] = x
	}
}
