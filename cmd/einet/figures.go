package main

func drawFigures(dir string) ([]string, error) { return nil, nil }
