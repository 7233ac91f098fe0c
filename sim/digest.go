package sim

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"einet/checkpoint"
)

// A Digest is a Recorder that identifies a run by its spikes: SHA-256 over each
// spike's step and neuron as little-endian uint32, sorted by step and then
// neuron. Two runs with the same digest have the same spikes.
type Digest struct {
	hash hash.Hash
	buf  []byte
	n    int64
}

// NewDigest is the digest of no spikes.
func NewDigest() *Digest { return &Digest{hash: sha256.New()} }

// Spikes adds spikes.
func (d *Digest) Spikes(_ int64, spikes []Spike) error {
	buf := d.buf[:0]
	for _, s := range spikes {
		buf = binary.LittleEndian.AppendUint32(buf, s.Step)
		buf = binary.LittleEndian.AppendUint32(buf, s.Neuron)
	}
	d.buf = buf
	d.n += int64(len(spikes))
	_, err := d.hash.Write(buf)
	return err
}

// Next asks for no samples.
func (d *Digest) Next(int64) int64 { return Never }

// Reads is nothing.
func (d *Digest) Reads() []Selection { return nil }

// Sample does nothing.
func (d *Digest) Sample(*Observation) error { return nil }

// Keep keeps what is hashed so far.
func (d *Digest) Keep(s *checkpoint.Section) {
	state, err := d.hash.(encoding.BinaryMarshaler).MarshalBinary()
	s.Fail(err)
	s.Int64(&d.n)
	if s.Bytes(&state); s.Reading() && s.Err() == nil {
		if err := d.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
			s.Fail(fmt.Errorf("is no state of SHA-256: %w", err))
		}
	}
}

// Count is the number of spikes so far.
func (d *Digest) Count() int64 { return d.n }

// String is the digest in hexadecimal.
func (d *Digest) String() string { return hex.EncodeToString(d.hash.Sum(nil)) }
