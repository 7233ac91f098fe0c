//go:build long

package main

func init() { everyFault = true }
