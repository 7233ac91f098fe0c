package main

// Flags that several commands have. What differs in their help a command sets where it embeds them, as a variable.

type quietFlag struct {
	Quiet bool `short:"q" help:"Print no progress${and}."`
}

type jsonFlag struct {
	JSON bool `help:"Print ${json}, and nothing else there."`
}

type threadsFlag struct {
	Threads int `placeholder:"N" help:"Threads${of}; otherwise one for each processor."`
}

type outFlag struct {
	Out string `placeholder:"DIR" help:"Where ${out}."`
}

type forceFlag struct {
	Force bool `help:"Replace an earlier ${force}"`
}
