package bench_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/bench"
	"einet/table/readertest"
)

// Whatever a report holds, it is refused in a line, or it can be laid beside another.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	whole := &bench.Report{Format: bench.Format, Results: []bench.Result{{Subject: bench.Subject{Network: "ei", Neurons: 5}, Steps: 10, Simulate: bench.Times{3}, Digests: make([]bench.Digest, 1)}}}
	require.NoError(f, whole.Write(&b))
	f.Add(b.Bytes())
	f.Add([]byte(`{"format": "einet-bench-1", "results": [{"network": "x", "neurons": 1, "steps": 1, "simulate_ns": [0], "digests": [{}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readertest.Bounded(t, len(data), func() {
			r, err := bench.Read(bytes.NewReader(data))
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			bench.Beside(r.Results, r.Results)
			bench.Disagreements(r.Results)
			for i := range r.Results {
				_ = r.Results[i].Label()
			}
			if err := r.Write(io.Discard); err != nil {
				var unsupported *json.UnsupportedValueError
				require.ErrorAs(t, err, &unsupported) // a quotient by 0
			}
		})
	})
}
