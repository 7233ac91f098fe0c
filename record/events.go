package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"einet/dynamics"
	"einet/network"
)

// An Event is a line of a log of what was done to a network while it was simulated, as JSON. The first line begins the log and says
// what network it is of; the last ends it, with the digest of all spikes up to its step, where the session was whole.
type Event struct {
	Step  int64               `json:"step"` // it takes effect with the step after
	Event dynamics.ChangeKind `json:"event"`
	Of    *Replayed           `json:"of,omitempty"`     // of the first
	Amt   *float64            `json:"amount,omitempty"` // of a change
	Lost  *uint32             `json:"neuron,omitempty"` // whose spike a second copy of the network lost; the network itself did not
	Sum   string              `json:"digest,omitempty"` // of the last
}

// Replayed says what network a log is of, as far as it can be told apart.
type Replayed struct {
	Network string  `json:"network"`
	Neurons int     `json:"neurons"`
	Seed    uint32  `json:"seed"`
	Trial   uint32  `json:"trial"`
	DtMs    float64 `json:"dt_ms"`
}

// The events that change nothing.
const (
	EventBegin dynamics.ChangeKind = "begin"
	EventLose  dynamics.ChangeKind = "lose"
	EventEnd   dynamics.ChangeKind = "end"
)

// ReplayedOf is what a log of the network says.
func ReplayedOf(net *network.Network) Replayed {
	return Replayed{Network: net.Name, Neurons: net.Neurons(), Seed: net.Seed, Trial: net.Trial, DtMs: net.Dt}
}

// A Log is the events of a session, in the order of their steps.
type Log struct {
	Of      Replayed
	Changes []dynamics.Change
	Lost    []LostSpike
	Steps   int64  // of the session; 0 where it did not end
	Digest  string // of its spikes; empty where it did not end
}

// A LostSpike is one that a copy of the network lost.
type LostSpike struct {
	Step   int64
	Neuron uint32
}

// Write writes the log, a line an event.
func (l *Log) Write(w io.Writer) error {
	lines := []Event{{Event: EventBegin, Of: &l.Of}}
	lost := l.Lost
	for _, c := range l.Changes {
		for ; len(lost) > 0 && lost[0].Step <= c.Step; lost = lost[1:] {
			lines = append(lines, Event{Step: lost[0].Step, Event: EventLose, Lost: &lost[0].Neuron})
		}
		lines = append(lines, Event{Step: c.Step, Event: c.Kind, Amt: &c.Amount})
	}
	for i := range lost {
		lines = append(lines, Event{Step: lost[i].Step, Event: EventLose, Lost: &lost[i].Neuron})
	}
	if l.Digest != "" {
		lines = append(lines, Event{Step: l.Steps, Event: EventEnd, Sum: l.Digest})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, e := range lines {
		if err := encoder.Encode(e); err != nil {
			return err
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}

// mostEvents bounds a log, and mostOfEvent the bytes of a line.
const (
	mostEvents  = 1 << 16
	mostOfEvent = 1 << 12
)

// ReadLog reads a log from a file.
func ReadLog(path string) (*Log, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	l, err := ParseLog(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

// ParseLog reads a log. Errors name the line.
func ParseLog(r io.Reader) (*Log, error) {
	l := &Log{}
	lines, step, n := bufio.NewScanner(r), int64(0), 0
	lines.Buffer(nil, mostOfEvent)
	for lines.Scan() {
		if n++; n > mostEvents {
			return nil, fmt.Errorf("line %d: there may be at most %d events", n, mostEvents)
		}
		var e Event
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		err := plain(decoder.Decode(&e), lines.Bytes())
		if err == nil && decoder.More() {
			err = errors.New("there is more than one value")
		}
		if err == nil {
			err = l.add(e, n, step)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		step = e.Step
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d: is longer than %d bytes, no event is", n+1, mostOfEvent)
	case err != nil:
		return nil, err
	case n == 0:
		return nil, errors.New("is empty: must begin with an event begin")
	}
	return l, nil
}

// plain says what is wrong with a line that is no event, in words of the log's.
func plain(err error, line []byte) error {
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case len(bytes.TrimSpace(line)) == 0:
		return errors.New("is blank: each line must be an event")
	case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return errors.New("begins with a byte order mark: save it as UTF-8 without one")
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("is a JSON %s: must be an event, {\"step\": ..., \"event\": ...}", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s: has the wrong type or size, a JSON %s", kind.Field, kind.Value)
	}
	return fmt.Errorf("must be an event, {\"step\": ..., \"event\": ...}: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// add adds line n to the log, of which those before reach to a step.
func (l *Log) add(e Event, n int, step int64) error {
	switch {
	case n == 1 && (e.Event != EventBegin || e.Of == nil):
		return errors.New("a log begins with an event begin, which says what it is of")
	case n > 1 && e.Event == EventBegin:
		return errors.New("only the first event is begin")
	case l.Digest != "":
		return errors.New("nothing comes behind the event end")
	case e.Step < step:
		return fmt.Errorf("step %d: must not be before that of the event before, %d", e.Step, step)
	}
	switch e.Event {
	case EventBegin:
		l.Of = *e.Of
		return nil
	case EventLose:
		if e.Lost == nil {
			return errors.New("lose: neuron is missing")
		}
		l.Lost = append(l.Lost, LostSpike{e.Step, *e.Lost})
		return nil
	case EventEnd:
		if len(e.Sum) != 64 {
			return errors.New("end: digest must have 64 digits")
		}
		l.Steps, l.Digest = e.Step, e.Sum
		return nil
	}
	if e.Amt == nil {
		return fmt.Errorf("%s: amount is missing", e.Event)
	}
	c := dynamics.Change{Step: e.Step, Kind: e.Event, Amount: *e.Amt}
	l.Changes = append(l.Changes, c)
	return c.Check()
}

// Fits is an error unless the log is of that network.
func (l *Log) Fits(net *network.Network) error {
	of := ReplayedOf(net)
	for _, x := range []struct {
		name       string
		want, have any
	}{{"neurons", l.Of.Neurons, of.Neurons}, {"seed", l.Of.Seed, of.Seed}, {"trial", l.Of.Trial, of.Trial}, {"dt", l.Of.DtMs, of.DtMs}} {
		if x.want != x.have {
			return fmt.Errorf("is of a session with %s %v, the network has %v", x.name, x.want, x.have)
		}
	}
	for _, x := range l.Lost {
		if int64(x.Neuron) >= int64(of.Neurons) {
			return fmt.Errorf("step %d: lose: neuron %d: must be from 0 to %d", x.Step, x.Neuron, of.Neurons-1)
		}
	}
	return nil
}
