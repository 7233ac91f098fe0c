package record

import (
	"bytes"
	"strings"
	"testing"

	"einet/dynamics"
	"einet/network"
	"einet/table/readertest"

	"github.com/stretchr/testify/require"
)

// wholeLog has every kind of event.
func wholeLog() *Log {
	return &Log{
		Of: Replayed{Network: "ei", Neurons: 10, Seed: 3, Trial: 1, DtMs: 0.1},
		Changes: []dynamics.Change{
			{Step: 0, Kind: dynamics.ChangeInput, Amount: 0.05}, {Step: 7, Kind: dynamics.ChangeInhibition, Amount: 1.1},
			{Step: 7, Kind: dynamics.ChangeKick, Amount: 10}, {Step: 90, Kind: dynamics.ChangeInput, Amount: -0.05},
		},
		Lost:  []LostSpike{{5, 9}, {80, 0}, {95, 2}},
		Steps: 100, Digest: strings.Repeat("0f", 32),
	}
}

func written(t testing.TB, l *Log) string {
	var text bytes.Buffer
	require.NoError(t, l.Write(&text))
	return text.String()
}

func TestLogIsReadAsItWasWritten(t *testing.T) {
	l := wholeLog()
	read, err := ParseLog(strings.NewReader(written(t, l)))
	require.NoError(t, err)
	require.Equal(t, l, read)
	l.Steps, l.Digest, l.Lost = 0, "", nil // of a session under way
	read, err = ParseLog(strings.NewReader(written(t, l)))
	require.NoError(t, err)
	require.Equal(t, l, read)
}

func TestDamagedLogsAreRefused(t *testing.T) {
	begin := `{"step":0,"event":"begin","of":{"network":"ei","neurons":10,"seed":3,"trial":0,"dt_ms":0.1}}` + "\n"
	for text, want := range map[string]string{
		"":                                   "is empty",
		"{}":                                 "line 1: a log begins",
		begin + begin:                        "line 2: only the first",
		begin + `{"step":1,"event":"input"}`: "line 2: input: amount is missing",
		begin + `{"step":1,"event":"lose"}`:  "line 2: lose: neuron is missing",
		begin + `{"step":1,"event":"warp","amount":1}`:          `line 2: event "warp": must be input, inhibition or kick`,
		begin + `{"step":1,"event":"input","amount":11}`:        "line 2: amount 11: must be from -10 to 10",
		begin + `{"step":1,"event":"inhibition","amount":-1}`:   "line 2: amount -1: must be from 0 to 10",
		begin + `{"step":-1,"event":"input","amount":1}`:        "line 2: step -1: must not be before",
		begin + `{"step":4294967295,"event":"kick","amount":1}`: "line 2: step 4294967295: must be from 0",
		begin + `{"step":1,"event":"kick","amount":1,"x":1}`:    "line 2: must be an event, {\"step\": ..., \"event\": ...}: unknown field",
		begin + "\n":           "line 2: is blank",
		"\xef\xbb\xbf" + begin: "line 1: begins with a byte order mark",
		begin + "7":            "line 2: is a JSON number: must be an event",
		begin + `{"step":"1"}`: "line 2: step: has the wrong type or size, a JSON string",
		begin + `{"step":1.5}`: "line 2: step: has the wrong type or size, a JSON number 1.5",
		begin + `{"step":1`:    "line 2: must be an event",
		begin + `{"step":1,"event":"end","digest":"ab"}`:                  "line 2: end: digest must have 64 digits",
		written(t, wholeLog()) + `{"step":101,"event":"kick","amount":1}`: "line 10: nothing comes behind",
		begin + strings.Repeat("x", mostOfEvent+1):                        "line 2: is longer than",
	} {
		_, err := ParseLog(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
}

func TestLogFitsItsNetwork(t *testing.T) {
	net := &network.Network{Dt: 0.1, Seed: 3, Trial: 1, Populations: []network.Population{{Size: 10}}}
	l := wholeLog()
	require.NoError(t, l.Fits(net))
	l.Lost = append(l.Lost, LostSpike{99, 10})
	require.ErrorContains(t, l.Fits(net), "step 99: lose: neuron 10: must be from 0 to 9")
	l.Lost = l.Lost[:3]
	net.Seed = 4
	require.ErrorContains(t, l.Fits(net), "is of a session with seed 3, the network has 4")
}

func FuzzLog(f *testing.F) {
	f.Add([]byte(written(f, wholeLog())))
	f.Add([]byte(`{"step":0,"event":"begin","of":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readertest.Bounded(t, len(data), func() {
			l, err := ParseLog(bytes.NewReader(data))
			if err != nil {
				return
			}
			again, err := ParseLog(strings.NewReader(written(t, l)))
			require.NoError(t, err)
			require.Equal(t, l.Changes, again.Changes)
		})
	})
}
