package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"einet/dynamics"
	"einet/network"
)

// A Key is what a user asks for.
type Key int

// The keys.
const (
	KeyPause Key = iota
	KeyStep
	KeyFaster
	KeySlower
	KeyMoreInput
	KeyLessInput
	KeyLessInhibition
	KeyMoreInhibition
	KeyKick
	KeyLose
	KeyRestart
	KeyNext
	keySave // with the picture of the window
)

// What a press of a key changes.
const (
	inputStep      = 0.05 // of the usual input
	inhibitionStep = 0.05 // of what the network states
	kickMV         = 10
)

// speeds are those relative to real time.
var speeds = []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}

const firstSpeed = 6

// A player simulates a session in a goroutine of its own, at the speed that is asked for or as fast as it can: in slices so short
// that keys are heard soon, and with pauses where the window would come late otherwise.
type player struct {
	commands chan command
	ended    chan struct{}

	mu      sync.Mutex
	session *Session // nil until it is open; its Scope alone is for others
	stage   string   // what goes on before
	speed   int      // its place in speeds
	paused  bool
	message string // of the last command
	said    time.Time
	real    float64 // model time over wall time, of late
	slack   float64 // wall time to wait for the window, relative to that of the slices
	failed  error   // the network's own fault: it goes no further before a restart
	err     error
}

// A command is a key, with the picture to save.
type command struct {
	key     Key
	picture []byte
}

// sliceWall is how long a slice should take at most, and least how much of the model time that was missed is made up for.
const (
	sliceWall = 6 * time.Millisecond
	mostOwed  = 50 * time.Millisecond
)

func newPlayer() *player {
	return &player{commands: make(chan command, 64), ended: make(chan struct{}), speed: firstSpeed, stage: "starting"}
}

// press has a key heard, if the player is not choked with keys.
func (p *player) press(c command) {
	select {
	case p.commands <- c:
	default:
	}
}

// say puts a line onto the screen.
func (p *player) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.message, p.said = fmt.Sprintf(format, args...), time.Now()
}

func (p *player) setStage(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = stage
}

// play opens the session and simulates until ctx ends.
func (p *player) play(ctx context.Context, net *network.Network, o Options) {
	defer close(p.ended)
	s, err := Open(ctx, net, o, p.setStage)
	if err == nil {
		p.mu.Lock()
		p.session = s
		p.mu.Unlock()
		err = errors.Join(p.loop(ctx, s), s.Close())
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	p.mu.Lock()
	p.err = err
	p.mu.Unlock()
}

// loop simulates a session.
func (p *player) loop(ctx context.Context, s *Session) error {
	perStep := time.Millisecond // wall time, as measured
	owed, last := 0.0, time.Now()
	meter := newMeter(s)
	for ctx.Err() == nil {
		for more := true; more; {
			select {
			case c := <-p.commands:
				if err := p.obey(ctx, s, c); err != nil {
					return err
				}
				meter = newMeter(s)
			default:
				more = false
			}
		}
		now := time.Now()
		speed, paused, slack := p.pace()
		owed += float64(now.Sub(last)) * speed / (s.net.Dt * 1e6)
		owed, last = min(owed, max(1, float64(mostOwed)*speed/(s.net.Dt*1e6))), now
		steps := min(int64(owed), max(1, int64(sliceWall/max(1, perStep))))
		if paused || steps < 1 {
			if paused {
				owed = 0
			}
			if err := p.wait(ctx, s, 2*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		if err := p.advance(ctx, s, steps); err != nil {
			return err
		}
		owed -= float64(steps)
		took := time.Since(now)
		perStep = (7*perStep + took/time.Duration(steps)) / 8
		p.measured(meter.factor(s))
		if slack > 0 {
			if err := p.wait(ctx, s, time.Duration(slack*float64(took))); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// advance advances the session. Where the equations lead out of what can be computed, that is said on the screen.
func (p *player) advance(ctx context.Context, s *Session, steps int64) error {
	err := s.Advance(ctx, steps)
	if !errors.Is(err, dynamics.ErrTooConductive) && !errors.Is(err, dynamics.ErrNotFinite) {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed, p.paused = err, true
	return nil
}

// wait waits for a time or a command.
func (p *player) wait(ctx context.Context, s *Session, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case c := <-p.commands:
		return p.obey(ctx, s, c)
	}
	return nil
}

func (p *player) pace() (speed float64, paused bool, slack float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return speeds[p.speed], p.paused, p.slack
}

func (p *player) measured(factor float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.real = factor
}

// late tells the player how long a frame took: where frames come late, the simulation waits.
func (p *player) late(frame time.Duration) {
	const most = 4
	p.mu.Lock()
	defer p.mu.Unlock()
	if frame > frameTime*5/4 {
		p.slack = min(most, p.slack*1.2+0.05)
	} else {
		p.slack = max(0, p.slack*0.98-0.002)
	}
}

// obey does what a key asks for. What can't be done is said on the screen.
func (p *player) obey(ctx context.Context, s *Session, c command) error {
	err := p.do(ctx, s, c)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	p.say("%s", err)
	return nil
}

func (p *player) do(ctx context.Context, s *Session, c command) error {
	switch c.key {
	case KeyPause:
		p.pause(!p.isPaused())
	case KeyStep:
		p.pause(true)
		return p.advance(ctx, s, 1)
	case KeyFaster, KeySlower:
		p.faster(map[Key]int{KeyFaster: 1, KeySlower: -1}[c.key])
	case KeyMoreInput:
		return s.Input(inputStep)
	case KeyLessInput:
		return s.Input(-inputStep)
	case KeyMoreInhibition:
		return s.Inhibit(inhibitionStep)
	case KeyLessInhibition:
		return s.Inhibit(-inhibitionStep)
	case KeyKick:
		return s.Kick(kickMV)
	case KeyLose:
		return p.lose(ctx, s)
	case KeyRestart:
		p.say("restarted; what was saved stays")
		p.mu.Lock()
		p.paused, p.failed = p.paused && p.failed == nil, nil
		p.mu.Unlock()
		return s.Restart(ctx)
	case KeyNext:
		s.Next()
	case keySave:
		dir, err := s.Save(c.picture)
		if err == nil {
			p.say("saved in %s: view.png, spikes.npz, events.jsonl, network.yaml", dir)
		}
		return err
	}
	return nil
}

// lose begins a comparison of two copies, or ends it.
func (p *player) lose(ctx context.Context, s *Session) error {
	if s.Twin() {
		p.say("the copy without the spike is gone")
		return s.Reunite()
	}
	err := s.Split(ctx, func(part float64) { p.say("simulating a second copy up to here: %.0f %%", 100*part) })
	if err == nil {
		p.say("a second copy runs beside, without the next spike of an excitatory neuron")
	}
	return err
}

func (p *player) isPaused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused
}

func (p *player) pause(paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = paused || p.failed != nil
}

func (p *player) faster(by int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.speed = min(max(p.speed+by, 0), len(speeds)-1)
}

// A meter measures model time over wall time.
type meter struct {
	from int64
	at   time.Time
	last float64
}

func newMeter(s *Session) *meter { return &meter{s.Step(), time.Now(), math.NaN()} }

// factor is that over a second or so.
func (m *meter) factor(s *Session) float64 {
	const every = 0.5
	if wall := time.Since(m.at).Seconds(); wall > every {
		m.last = float64(s.Step()-m.from) * s.net.Dt / 1000 / wall
		m.from, m.at = s.Step(), time.Now()
	}
	return m.last
}
