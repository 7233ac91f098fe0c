package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The table of docs/reliability.md has a row only for faults that were tried, by tests that it names, and held. Where all
// tests run, with the tag long, TestMain holds it to that.

// everyFault asks for them all, and more often.
var everyFault = false

// outcomes are those of the tests that try faults: whether the fault was held, false where it could not be tried here.
var outcomes = map[string]bool{}

// tries tells that a test tries a fault that has a row.
func tries(t *testing.T) {
	t.Cleanup(func() {
		if !t.Failed() {
			outcomes[t.Name()] = !t.Skipped()
		}
	})
}

var testName = regexp.MustCompile("`(Test[A-Za-z0-9]+)")

// tableFaults are what is wrong with the table on a page, given the tests' outcomes, and the rows that were not tried here.
func tableFaults(page string, outcomes map[string]bool, exists func(test string) bool) (faults, untried []string) {
	named := map[string]bool{}
	_, table, _ := strings.Cut(page, "## Faults tried and held")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := 0
	for row := range strings.Lines(table) {
		if !strings.HasPrefix(row, "| ") || strings.HasPrefix(row, "| fault") {
			continue
		}
		rows++
		fault, held := strings.TrimSpace(strings.Split(row, "|")[1]), 0
		for _, m := range testName.FindAllStringSubmatch(row, -1) {
			name := m[1]
			named[name] = true
			switch was, here := outcomes[name]; {
			case here && was:
				held++
			case here:
				untried = append(untried, fault)
				held++
			case !exists(name):
				faults = append(faults, fmt.Sprintf("%q: there is no test %s", fault, name))
			}
		}
		if held == 0 {
			faults = append(faults, fmt.Sprintf("%q: was not tried", fault))
		}
	}
	if rows == 0 {
		faults = append(faults, "the table has no rows")
	}
	for name := range outcomes {
		if !named[name] {
			faults = append(faults, name+": has no row")
		}
	}
	return faults, untried
}

// allTests runs them and, where none is left out, holds the table to them.
func allTests(m *testing.M) int {
	status := m.Run()
	if run := flag.Lookup("test.run").Value.String(); status != 0 || run != "" || !everyFault {
		return status
	}
	return tableOfFaults()
}

// tableOfFaults holds the page to the tests that have run. It returns the status to exit with.
func tableOfFaults() int {
	const path = "../../docs/reliability.md"
	page, err := os.ReadFile(path)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	faults, untried := tableFaults(string(page), outcomes, func(test string) bool {
		return exec.Command("grep", "-rq", "--include=*_test.go", "func "+test+"(", "../..").Run() == nil
	})
	for _, fault := range untried {
		fmt.Printf("%s: not tried on this machine: %s\n", path, fault)
	}
	for _, fault := range faults {
		fmt.Printf("%s: %s\n", path, fault)
	}
	if faults != nil {
		return 1
	}
	fmt.Printf("%s: %d tests of faults, all held\n", path, len(outcomes)-len(untried))
	return 0
}

// The check of the table finds what it is to find.
func TestTableOfFaults(t *testing.T) {
	const page = "## Faults tried and held\n| fault | test |\n|---|---|\n| one | `TestA`, `TestElsewhere` |\n| two | `TestB` |\n## else\n| three | `TestC` |\n"
	there := func(test string) bool { return test == "TestElsewhere" }
	for _, c := range []struct {
		outcomes map[string]bool
		want     string
	}{
		{map[string]bool{"TestA": true, "TestB": true}, "[] []"},
		{map[string]bool{"TestA": true, "TestB": false}, "[] [two]"},
		{map[string]bool{"TestB": true}, `["one": there is no test TestA "one": was not tried] []`},
		{map[string]bool{"TestA": true, "TestB": true, "TestC": true}, "[TestC: has no row] []"},
	} {
		faults, untried := tableFaults(page, c.outcomes, there)
		if got := fmt.Sprint(faults, " ", untried); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
