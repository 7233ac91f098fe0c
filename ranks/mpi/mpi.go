//go:build mpi && cgo

package mpi

// #cgo pkg-config: mpi-c
// #include <mpi.h>
// #include <sched.h>
// #include <stdlib.h>
// #include <stdint.h>
//
// static int start(int *rank, int *size, int *local) {
// 	int given;
// 	MPI_Comm node;
// 	int bad = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given);
// 	if (bad) return bad;
// 	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
// 	MPI_Comm_rank(MPI_COMM_WORLD, rank);
// 	MPI_Comm_size(MPI_COMM_WORLD, size);
// 	bad = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, *rank, MPI_INFO_NULL, &node);
// 	if (bad) return bad;
// 	MPI_Comm_rank(node, local);
// 	return MPI_Comm_free(&node);
// }
//
// // finish waits for a request; -1 where that is given up. The first looks come at once, and then others on this processor may go on.
// static int finish(MPI_Request *request, volatile int32_t *over) {
// 	for (long looks = 0;; looks++) {
// 		int done, bad = MPI_Test(request, &done, MPI_STATUS_IGNORE);
// 		if (bad || done) return bad;
// 		if (*over) return -1;
// 		if (looks > 200) sched_yield();
// 	}
// }
//
// static int gather(void *mine, int n, void *all, volatile int32_t *over) {
// 	MPI_Request r;
// 	int bad = MPI_Iallgather(mine, n, MPI_UINT32_T, all, n, MPI_UINT32_T, MPI_COMM_WORLD, &r);
// 	return bad ? bad : finish(&r, over);
// }
//
// static int gather_more(void *mine, int n, void *all, void *counts, void *places, volatile int32_t *over) {
// 	MPI_Request r;
// 	int bad = MPI_Iallgatherv(mine, n, MPI_UINT32_T, all, counts, places, MPI_UINT32_T, MPI_COMM_WORLD, &r);
// 	return bad ? bad : finish(&r, over);
// }
//
// static void say(int bad, char *text) { int n; if (MPI_Error_string(bad, text, &n)) text[0] = 0; }
import "C"

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"
	"time"
	"unsafe"

	"einet/ranks"
)

// Patience with ranks that don't answer, once this process is told to end: a rank that died is why, or a window takes its time.
const (
	patience       = 300 * time.Millisecond
	patienceFactor = 4 // times the longest exchange of late
)

// firstRoom is how many words of each rank go in the first message of an exchange, at first; and at most mostRoom do.
const (
	firstRoom = 64
	mostRoom  = 1 << 12
)

// A Comm is the exchange with all processes that mpirun started.
type Comm struct {
	rank, size, local int
	room              int // words of each rank in the first message, the same on all ranks: as many as the last exchanges took
	over              *int32
	longest           time.Duration
	used, gone        bool

	mine, all      []uint32
	more           []uint32
	counts, places []int32
	words          [][]uint32
}

// Open is nil where mpirun did not start this process.
func Open() (*Comm, error) {
	if started() == 0 {
		return nil, nil
	}
	var rank, size, local C.int
	if bad := C.start(&rank, &size, &local); bad != 0 {
		return nil, fmt.Errorf("MPI does not begin: %s", text(bad))
	}
	n := int(size)
	return &Comm{
		rank: int(rank), size: n, local: int(local), room: firstRoom, over: (*int32)(C.calloc(1, 4)),
		counts: make([]int32, n), places: make([]int32, n), words: make([][]uint32, n),
	}, nil
}

// Rank is that of this process, Size how many there are, and Local its number among those of its machine.
func (c *Comm) Rank() int { return c.rank }

// Size is how many ranks there are.
func (c *Comm) Size() int { return c.size }

// Local is the number of the rank among those of its machine.
func (c *Comm) Local() int { return c.local }

// errGone says that a rank is.
var errGone = errors.New("a rank does not answer any more: its process ended, or its machine")

// All gives the words of each rank to all: in one message of so many words of each rank as the last exchanges took, and
// where a rank has more in a second one.
func (c *Comm) All(ctx context.Context, mine []uint32) ([][]uint32, error) {
	if c.gone {
		return nil, errGone
	}
	c.used = true
	start := time.Now()
	end := context.AfterFunc(ctx, func() {
		time.AfterFunc(max(patience, patienceFactor*c.longest), func() { atomic.StoreInt32(c.over, 1) })
	})
	defer end()
	stride := 1 + c.room
	c.mine, c.all = sized(c.mine, stride), sized(c.all, stride*c.size)
	clear(c.mine)
	if len(mine) > math.MaxInt32 {
		return nil, fmt.Errorf("rank %d has %d words to tell, MPI counts %d", c.rank, len(mine), math.MaxInt32)
	}
	c.mine[0] = uint32(len(mine))
	copy(c.mine[1:], mine)
	if bad := C.gather(pointer(c.mine), C.int(stride), pointer(c.all), (*C.int32_t)(c.over)); bad != 0 {
		return nil, c.lost(bad)
	}
	most, total := 0, 0
	for r := range c.words {
		n := int(c.all[r*stride])
		c.counts[r], c.places[r] = int32(n), int32(total)
		most, total = max(most, n), total+n
		c.words[r] = c.all[r*stride+1:][:min(n, c.room)]
	}
	if most > c.room {
		if total > math.MaxInt32 {
			return nil, fmt.Errorf("ranks have %d words to tell at once, MPI counts %d", total, math.MaxInt32)
		}
		c.more = sized(c.more, max(1, total))
		mine = append(mine, 0) // of which there is an address
		bad := C.gather_more(pointer(mine), C.int(len(mine)-1), pointer(c.more), unsafe.Pointer(&c.counts[0]), unsafe.Pointer(&c.places[0]), (*C.int32_t)(c.over))
		if bad != 0 {
			return nil, c.lost(bad)
		}
		for r := range c.words {
			c.words[r] = c.more[c.places[r]:][:c.counts[r]]
		}
	}
	c.room = min(max(firstRoom, c.room/2, 1<<bits.Len(uint(most))), mostRoom)
	c.longest = max(c.longest*15/16, time.Since(start))
	return c.words, nil
}

// lost is the error of an exchange that failed, after which there is no other.
func (c *Comm) lost(bad C.int) error {
	c.gone = true
	if bad == -1 {
		return errGone
	}
	return fmt.Errorf("%w: MPI: %s", errGone, text(bad))
}

// Close ends MPI. Where this process never came to an exchange, the others hear why, so that they end, too.
func (c *Comm) Close(why error) {
	if !c.used {
		_, _ = c.All(context.Background(), ranks.Refusal(why))
	}
	if !c.gone {
		C.MPI_Finalize()
	}
}

func text(bad C.int) string {
	buffer := (*C.char)(C.calloc(1, C.MPI_MAX_ERROR_STRING))
	defer C.free(unsafe.Pointer(buffer))
	C.say(bad, buffer)
	return C.GoString(buffer)
}

func sized(words []uint32, n int) []uint32 {
	if cap(words) < n {
		return make([]uint32, n)
	}
	return words[:n]
}

func pointer(words []uint32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(words)) }
