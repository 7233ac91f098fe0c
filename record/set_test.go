package record

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func put(t *testing.T, path, text string) {
	require.NoError(t, WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}))
}

// content is every file below dir with its text; folders end in a slash.
func content(t *testing.T, dir string) map[string]string {
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		name, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		if d.IsDir() {
			all[name+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		all[name] = string(text)
		return err
	}))
	return all
}

// place puts a set of data and mark into its folder.
func place(t *testing.T, dir string, s *Set, stale ...string) {
	t.Helper()
	at, err := s.Commit([]string{"data", "mark"}, stale)
	require.NoError(t, err)
	require.Equal(t, dir, at)
}

func TestSetReplacesAnEarlierOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s, err := NewSet(Look(dir))
	require.NoError(t, err)
	put(t, s.Path("data"), "one")
	put(t, s.Path("mark"), "one")
	require.Len(t, content(t, dir), 4, "nothing outside the hidden folder yet")
	place(t, dir, s, "figure")
	require.NoError(t, s.Abort(), "does nothing")
	require.Equal(t, map[string]string{"./": "", "data": "one", "mark": "one"}, content(t, dir))

	put(t, filepath.Join(dir, "figure"), "of one")
	put(t, filepath.Join(dir, "other"), "kept")
	s, err = NewSet(Look(dir))
	require.NoError(t, err)
	put(t, s.Path("data"), "two")
	put(t, s.Path("mark"), "two")
	place(t, dir, s, "figure", "data", "mark")
	require.Equal(t, map[string]string{"./": "", "data": "two", "mark": "two", "other": "kept"}, content(t, dir))
}

// Whichever step fails, the earlier run is as it was.
func TestFailedSetLeavesTheEarlierOne(t *testing.T) {
	for name, spoil := range map[string]func(dir string, s *Set){
		"a file is missing":        func(_ string, s *Set) { require.NoError(t, os.Remove(s.Path("data"))) },
		"the last file is missing": func(_ string, s *Set) { require.NoError(t, os.Remove(s.Path("mark"))) },
		"a folder is in a file's place": func(dir string, _ *Set) {
			require.NoError(t, os.Remove(filepath.Join(dir, "figure")))
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "figure", "mine"), 0o777))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"data", "mark", "figure"} {
				put(t, filepath.Join(dir, name), "one")
			}
			s, err := NewSet(Look(dir))
			require.NoError(t, err)
			put(t, s.Path("data"), "two")
			put(t, s.Path("mark"), "two")
			spoil(dir, s)
			before := content(t, dir)
			for name := range before {
				if filepath.Dir(name) == filepath.Base(s.stage) || name == filepath.Base(s.stage)+"/" {
					delete(before, name)
				}
			}
			_, err = s.Commit([]string{"data", "mark"}, []string{"figure"})
			require.Error(t, err)
			require.NoError(t, s.Abort())
			require.Equal(t, before, content(t, dir))
			require.Equal(t, "one", before["mark"])
		})
	}
}

// The folders that were made for an aborted set go, others stay.
func TestAbortedSetLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s, err := NewSet(Look(filepath.Join(dir, "a", "b")))
	require.NoError(t, err)
	put(t, s.Path("data"), "x")
	require.NoError(t, s.Abort())
	require.Equal(t, map[string]string{"./": ""}, content(t, dir))

	put(t, filepath.Join(dir, "file"), "x")
	_, err = NewSet(Look(filepath.Join(dir, "file", "b")))
	require.Error(t, err)
	require.Equal(t, map[string]string{"./": "", "file": "x"}, content(t, dir))
}

// What has appeared in a folder since it was seen stays, and the set goes beside: also where the same name was there
// before, and where beside is taken.
func TestSetGoesBesideWhatHasAppeared(t *testing.T) {
	for name, there := range map[string]bool{"an empty folder": false, "an earlier set": true} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			if there {
				require.NoError(t, os.Mkdir(dir, 0o777))
				put(t, filepath.Join(dir, "mark"), "earlier")
			}
			seen := Look(dir)
			first, err := NewSet(seen)
			require.NoError(t, err)
			second, err := NewSet(seen)
			require.NoError(t, err)
			require.Zero(t, first.Others)
			require.Equal(t, 1, second.Others)
			third, err := NewSet(seen)
			require.NoError(t, err)
			for k, s := range []*Set{first, second, third} {
				put(t, s.Path("data"), string(rune('1'+k)))
				put(t, s.Path("mark"), string(rune('1'+k)))
			}
			place(t, dir, second)
			at, err := first.Commit([]string{"data", "mark"}, []string{"figure"})
			require.ErrorIs(t, err, ErrTaken)
			require.Equal(t, dir+"-2", at)
			at, err = third.Commit([]string{"data", "mark"}, nil)
			require.ErrorIs(t, err, ErrTaken)
			require.Equal(t, dir+"-3", at)
			require.Equal(t, map[string]string{"./": "", "data": "2", "mark": "2"}, content(t, dir))
			require.Equal(t, map[string]string{"./": "", "data": "1", "mark": "1"}, content(t, dir+"-2"))
			require.Equal(t, map[string]string{"./": "", "data": "3", "mark": "3"}, content(t, dir+"-3"))
		})
	}
}

// A file that was written again since has appeared, too.
func TestSetSeesWhatIsWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "figure"), "one")
	s, err := NewSet(Look(dir))
	require.NoError(t, err)
	put(t, s.Path("data"), "two")
	put(t, s.Path("mark"), "two")
	put(t, filepath.Join(dir, "figure"), "new")
	_, err = s.Commit([]string{"data", "mark"}, []string{"figure"})
	require.ErrorIs(t, err, ErrTaken)
	require.Equal(t, map[string]string{"./": "", "figure": "new"}, content(t, dir))
}
