//go:build cgo && long

package hdf5

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const mutateFrom = "EINET_TEST_MUTATE_FROM"

const mutated = 100_000

func TestMutatedFiles(t *testing.T) {
	if err := Absent(); err != nil {
		t.Skip(err)
	}
	if from, is := os.LookupEnv(mutateFrom); is {
		k, err := strconv.Atoi(from)
		require.NoError(t, err)
		mutate(t, k)
		return
	}
	deaths := map[string]int{}
	for next := 0; next < mutated; {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMutatedFiles$", "-test.v")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", mutateFrom, next))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		var errs strings.Builder
		cmd.Stderr = &errs
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		other := ""
		for lines.Scan() {
			if k, ok := strings.CutPrefix(lines.Text(), "at "); ok {
				next, err = strconv.Atoi(k)
				require.NoError(t, err)
			} else {
				other += lines.Text() + "\n"
			}
		}
		err = cmd.Wait()
		if err != nil {
			what := errs.String() + other
			if len(what) > 300 {
				what = what[:300]
			}
			t.Logf("file %d: %v %s", next, err, what)
			deaths[strings.SplitN(what, "\n", 2)[0]]++
		}
		next++
	}
	t.Log(deaths)
}

func mutate(t *testing.T, from int) {
	all := seeds(t)
	path := filepath.Join(t.TempDir(), "f")
	for k := from; k < mutated; k++ {
		fmt.Printf("at %d\n", k)
		r := rand.New(rand.NewPCG(1, uint64(k)))
		data := append([]byte{}, all[r.IntN(len(all))]...)
		for range 1 + r.IntN(8) {
			at := r.IntN(len(data))
			if data[at] == 0 && r.IntN(4) > 0 {
				at = (at + r.IntN(64)) % len(data)
			}
			switch r.IntN(4) {
			case 0:
				data[at] = byte(r.Uint32())
			case 1:
				data[at] ^= 1 << r.IntN(8)
			case 2:
				data[at] = []byte{0, 1, 127, 128, 255}[r.IntN(5)]
			case 3:
				n := copy(data[at:min(len(data), at+8)], data[r.IntN(len(data)):])
				_ = n
			}
		}
		if r.IntN(20) == 0 {
			data = data[:r.IntN(len(data))]
		}
		readFile(t, path, data)
	}
}
