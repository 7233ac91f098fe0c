// Package mpi connects ranks that mpirun started, by MPI. Its one invariant: where it was not built with MPI (the build tag mpi, and cgo) it says
// so, and no process takes itself for the only one.
package mpi

import (
	"fmt"
	"os"
	"strconv"
)

// Variables in which a starter of processes tells them how many they are: mpirun, and srun with PMIx.
var sizes = []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}

// started is how many processes were started together, 0 where none of the starters is known.
func started() int {
	for _, name := range sizes {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
	}
	return 0
}

// IsStarted tells whether this process was started together with others, or could have been.
func IsStarted() bool { return started() > 0 }

// IsFollower tells whether this process is a rank behind the first: then it prints nothing.
func IsFollower() bool {
	for _, name := range []string{"OMPI_COMM_WORLD_RANK", "PMI_RANK"} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n > 0
		}
	}
	return false
}

// absent is the error of a build without MPI.
func absent(n int) error {
	return fmt.Errorf("mpirun started %d processes, and this einet was built without MPI: make mpi builds bin/einet-mpi, which makes ranks of them", n)
}
