package hdf5

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"einet/table"
)

// Files are read in a process of its own: of those whose bytes were changed at random, the library (1.10.8) crashed with three in a
// thousand and read one in a thousand for ever (TestMutatedFiles). The process is this program, started once more, which the
// variable asks to read one file.
const asReader = "EINET_HDF5_READER"

func init() {
	if os.Getenv(asReader) != "" && len(os.Args) == 1 { // a command that inherits the variable is none
		os.Exit(serve(os.Stdin, os.Stdout))
	}
}

// A request of a file's reader; one of its fields is set.
type request struct {
	Open, Group, Dataset string
	Object, Attribute    string // a text
}

// An answer to it. Behind that to Dataset follow the numbers, as they lie in memory.
type answer struct {
	Members []string
	Length  int
	Units   string
	Text    string
	Fault   string
}

// serve answers requests about one file until there are no more.
func serve(in io.Reader, out io.Writer) int {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // who asks decides
	requests := make(chan request)
	go func() {
		from := gob.NewDecoder(in)
		for {
			var r request
			if from.Decode(&r) != nil {
				os.Exit(0) // who asked is gone, or needs no more, also where the library hangs
			}
			requests <- r
		}
	}()
	to := bufio.NewWriterSize(out, 1<<16)
	encode := gob.NewEncoder(to)
	var file *Group
	for r := range requests {
		var a answer
		var numbers []float64
		var err error
		switch {
		case r.Open != "":
			limit(r.Open)
			file, err = Open(r.Open)
		case r.Group != "":
			a.Members, err = membersOf(file, r.Group)
		case r.Attribute != "":
			a.Text, err = file.Text(r.Object, r.Attribute)
		default:
			numbers, a.Units, err = Read[float64](file, r.Dataset)
			a.Length = len(numbers)
		}
		if err != nil {
			a, numbers = answer{Fault: err.Error()}, nil
		}
		err = encode.Encode(a)
		if err == nil {
			err = to.Flush()
		}
		if err == nil {
			_, err = out.Write(inMemory(numbers))
		}
		if err != nil {
			return 1
		}
	}
	return 0
}

func membersOf(file *Group, path string) ([]string, error) {
	g, err := file.Group(path)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	return g.Members()
}

// inMemory are the bytes of numbers.
func inMemory(numbers []float64) []byte {
	if len(numbers) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&numbers[0])), 8*len(numbers))
}

// limit bounds what this process takes for a file: the library believes one that asks for much memory, and may never come to an
// end. Where that can't be bounded it is not.
func limit(path string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	size := uint64(info.Size())
	for resource, most := range map[int]uint64{
		syscall.RLIMIT_DATA: mapped() + 1<<29 + 2400*size, // bytes; packed numbers take a thousandth
		syscall.RLIMIT_CPU:  2 + size>>20,                 // seconds of the processor; a megabyte takes some milliseconds
	} {
		var limit syscall.Rlimit
		if syscall.Getrlimit(resource, &limit) == nil {
			limit.Max = min(limit.Max, most)
			limit.Cur = limit.Max
			_ = syscall.Setrlimit(resource, &limit)
		}
	}
}

// mapped is the memory [bytes] that the limit on data counts and that this process has already: much with the race detector.
func mapped() uint64 {
	text, _ := os.ReadFile("/proc/self/statm") // size resident shared text lib data dt, in pages
	var pages uint64
	if fields := strings.Fields(string(text)); len(fields) > 5 {
		pages, _ = strconv.ParseUint(fields[5], 10, 64)
	}
	return pages * uint64(os.Getpagesize())
}

// A tree is a file that is read by a process of its own.
type tree struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	ask  *gob.Encoder
	out  *bufio.Reader
	get  *gob.Decoder
	dead error // why it answers no more
}

// OpenTree opens a file for package table, in a process of its own. A file with which that dies gives errors that wrap
// table.ErrDamaged.
func OpenTree(path string) (table.Tree, error) {
	if err := Absent(); err != nil {
		return nil, err
	}
	t := &tree{cmd: exec.Command(self())}
	t.cmd.Env = append(os.Environ(), asReader+"=1")
	in, err := t.cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		out, err = t.cmd.StdoutPipe()
		t.out = bufio.NewReaderSize(out, 1<<16)
	}
	if err == nil {
		err = t.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: starting another process for it: %w", err)
	}
	t.in, t.ask, t.get = in, gob.NewEncoder(in), gob.NewDecoder(t.out)
	if _, _, err := t.answer(request{Open: path}); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// self is this program, also where its file has been replaced since.
var self = sync.OnceValue(func() string {
	const link = "/proc/self/exe"
	if _, err := os.Stat(link); err == nil {
		return link
	}
	if path, err := os.Executable(); err == nil {
		return path
	}
	return os.Args[0]
})

// answer asks.
func (t *tree) answer(r request) (a answer, numbers []float64, err error) {
	if t.dead != nil {
		return a, nil, t.dead
	}
	err = t.ask.Encode(r)
	if err == nil {
		err = t.get.Decode(&a)
	}
	if err == nil {
		numbers = make([]float64, a.Length)
		_, err = io.ReadFull(t.out, inMemory(numbers))
	}
	if err != nil {
		t.dead = t.died()
		return a, nil, t.dead
	}
	if a.Fault != "" {
		return a, nil, errors.New(a.Fault)
	}
	return a, numbers, nil
}

// died is why there is no answer.
func (t *tree) died() error {
	_ = t.in.Close()
	_ = t.cmd.Wait()
	if status, ok := t.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL { // by the limit
		return fmt.Errorf("%w: the HDF5 library does not come to an end with it", table.ErrDamaged)
	}
	return fmt.Errorf("%w: the HDF5 library crashes with it", table.ErrDamaged)
}

func (t *tree) Members(group string) ([]string, error) {
	a, _, err := t.answer(request{Group: group})
	return a.Members, err
}

// Numbers reads a dataset of any type of numbers, which HDF5 converts: whole numbers below 2^53 stay what they are.
func (t *tree) Numbers(dataset string) ([]float64, string, error) {
	a, numbers, err := t.answer(request{Dataset: dataset})
	return numbers, a.Units, err
}

// Text reads an attribute.
func (t *tree) Text(object, attribute string) (string, error) {
	a, _, err := t.answer(request{Object: object, Attribute: attribute})
	return a.Text, err
}

func (t *tree) Close() error {
	if t.dead != nil {
		return nil
	}
	t.dead = errors.New("is closed")
	return errors.Join(t.in.Close(), t.cmd.Wait())
}
