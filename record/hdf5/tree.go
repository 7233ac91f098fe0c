package hdf5

import "einet/table"

// A tree is an open file, whose groups and datasets are found by their paths.
type tree struct{ file *Group }

// OpenTree opens a file for package table.
func OpenTree(path string) (table.Tree, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	return &tree{file}, nil
}

func (t *tree) Members(group string) ([]string, error) {
	g, err := t.file.Group(group)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	return g.Members()
}

// Numbers reads a dataset of any type of numbers, which HDF5 converts: whole numbers below 2^53 stay what they are.
func (t *tree) Numbers(dataset string) ([]float64, string, error) {
	return Read[float64](t.file, dataset)
}

func (t *tree) Close() error { return t.file.Close() }
