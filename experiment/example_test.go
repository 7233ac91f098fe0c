package experiment_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"einet/experiment"
	"einet/network/language"
	"einet/network/presets"
)

// A preset, changed and simulated for 200 ms; the folder then holds its spikes, figures and summary.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "einet-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	duration, seed := 200.0, uint32(7)
	net, err := presets.Load("ei", language.Options{Scale: 0.1, Duration: &duration, Seed: &seed, Set: []string{"populations.E.input=70"}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := experiment.Run(context.Background(), net, experiment.Options{Out: dir + "/run", DiscardMs: 100})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Spikes, "spikes, digest", s.Digest[:16])
	fmt.Printf("E fires at %.1f Hz\n", *s.Populations["E"].RateHz)
	fmt.Println(s.Files, s.Figures[0])
	// Output:
	// 2201 spikes, digest 059a15d5cb882b5b
	// E fires at 8.3 Hz
	// [spikes.npz traces.npz network.yaml summary.json] raster.png
}
