// Package record keeps what a run produces in files and reads them back:
// spikes in spikes.npz, recorded state in traces.npz, both readable by
// numpy.load without pickle. Its one invariant: a file appears under its name
// whole or not at all, and a reader answers damaged files with an error.
package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile creates or replaces the file at path with what write produces. It
// writes to a temporary file in the same folder and renames it at the end, so
// that no reader ever sees half a file; when write fails, path is as it was
// and write's error is returned.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	return writeFile(path, write, nothing)
}

// WriteDurable is WriteFile, and what it has written outlives the machine's going down: the file is on the disk before it has its
// name, and then its name is.
func WriteDurable(path string, write func(io.Writer) error) error {
	if err := writeFile(path, write, (*os.File).Sync); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // which some file systems can't
	return nil
}

func nothing(*os.File) error { return nil }

func writeFile(path string, write func(io.Writer) error, before func(*os.File) error) (err error) {
	f, err := createTemp(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, discard(f))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := before(f); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// createTemp creates a hidden file beside path. os.CreateTemp would make it
// private to the user; this one gets the permissions of any new file.
func createTemp(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	for range 100 {
		name := filepath.Join(dir, fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: no free name for a temporary file", path)
}

// discard closes f, if it is still open, and removes it, if it is still there.
func discard(f *os.File) error {
	if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
