# einet: build, run, test. `make help` lists the targets.
# Settings are given as in `make run NETWORK=vs96` or `make test TESTFLAGS=-v`.

# The preset or YAML file that `make run` simulates, and further flags of `einet run`.
NETWORK ?= ei
RUNFLAGS ?= --force
# Further flags of `go test`, and its packages: those that take longest begin first.
TESTFLAGS ?=
PACKAGES ?= ./gpu ./cmd/einet ./validate ./cpu ./...
# Executions of each fuzz target in `make fuzz`, which is part of `make test-long`, or the time of each (FUZZ=1h), and a
# pattern of targets (FUZZ_TARGETS=Npz).
FUZZ ?= 100000
FUZZ_TARGETS ?= ^Fuzz
# What `make test-peers` simulates, networks of validate/peers/networks.py and their number of seeds,
# and the preset of the first, to whose seeds NEST's spikes are held.
PEER_CASES ?= vogels2005cuba-steady:2 brunel2000exp-steady:1
PEER_PRESET ?= vogels2005cuba
# Checks of validate/peers/peers.py, all if none is named, and the page that they are written to.
PEER_CHECKS ?=
PEER_PAGE ?=
# Experiments of the Go toolchain that einet is built with: SIMD, on amd64. Without it
# (GOEXPERIMENT=nosimd) the cpu engine is slower and gives the same spikes.
ifndef GOEXPERIMENT
GOEXPERIMENT := $(if $(filter x86_64 amd64,$(shell uname -m)),simd)
endif
# Where `make dist` puts its archive, and `make wheel` its own.
DIST ?= dist
# Further flags of `go build`.
BUILDFLAGS ?=
# 0 builds einet without OpenGL, and needs nothing but Go.
CGO_ENABLED ?= 1
# Installs what is missing of the system; SETUP=: trusts that all is there.
SETUP ?= scripts/setup

export CGO_ENABLED GOEXPERIMENT
# Where the Go distribution installs itself, often not on the PATH of a script.
export PATH := $(PATH):/usr/local/go/bin

# Go's caches and Mesa's need a home, the Vulkan drivers a run-time folder.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.cache/home
$(shell mkdir -p "$(HOME)")
endif
ifndef XDG_RUNTIME_DIR
export XDG_RUNTIME_DIR := $(CURDIR)/.cache/runtime
$(shell mkdir -p -m 700 "$(XDG_RUNTIME_DIR)")
endif

# Without cgo there is no OpenGL, whose tests then skip instead of failing.
ifeq ($(CGO_ENABLED),0)
build_needs :=
run_needs :=
require_gl :=
else
build_needs := build
run_needs := build run
require_gl := 1
endif

version := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# einet needs no library and starts on any Linux; what needs OpenGL or HDF5 it leaves to einet-gl beside it.
go_build = go build -buildvcs=false $(BUILDFLAGS) -ldflags "-s -w -X main.version=$(version)"

.PHONY: build mpi dist wheel run test test-long test-peers test-browser test-mpi fuzz race lint clean help

build: ## build bin/einet and, with OpenGL, bin/einet-gl
	@$(SETUP) $(build_needs)
	CGO_ENABLED=0 $(go_build) -o bin/einet ./cmd/einet
ifeq ($(CGO_ENABLED),0)
	rm -f bin/einet-gl
else
	$(go_build) -o bin/einet-gl ./cmd/einet
endif

mpi: ## build bin/einet-mpi, whose ranks mpirun starts, with OpenMPI
	@$(SETUP) $(build_needs) mpi
	$(go_build) -tags mpi -o bin/einet-mpi ./cmd/einet

test-mpi: ## run the tests of ranks with mpirun, 1 to 4 on this machine
	@$(MAKE) --no-print-directory mpi
	EINET_MPI=$(CURDIR)/bin/einet-mpi go test -count=1 $(TESTFLAGS) -run MPI ./cmd/einet

dist: ## pack the binaries, man page, completions and licences into dist/
	@$(SETUP) $(build_needs)
	@$(MAKE) --no-print-directory build SETUP=: BUILDFLAGS=-trimpath
	@scripts/dist $(version) $(DIST)

wheel: ## pack the Python package with the binaries in it into dist/
	@$(SETUP) $(build_needs)
	@$(MAKE) --no-print-directory build SETUP=: BUILDFLAGS=-trimpath
	@python3 python/wheel.py $(version) $(DIST)

run: ## build, then simulate a network and draw its figures into results/
	@$(SETUP) $(run_needs)
	@$(MAKE) --no-print-directory build SETUP=:
	bin/einet run $(NETWORK) $(RUNFLAGS)

# -count=1: Go caches results by what Go code reads, and doesn't see that the
# GL driver or a variable that selects one has changed.
go_test = EINET_REQUIRE_GL=$(require_gl) go test -count=1 -timeout 60m $(TESTFLAGS)

test: ## run all tests
	@$(SETUP) $(run_needs) test
	$(go_test) $(PACKAGES)

# What the race detector watches in test-long: everything that starts goroutines and doesn't
# wait for a GL driver.
races = ^einet/(analysis|connectome|cpu|cpuref|dynamics|record|rng|sim)(/|$$)

test-long: ## run the longer checks too, those of ranks with mpirun, the fuzz targets and the race detector
	@$(SETUP) $(run_needs) test
	$(go_test) -tags long -timeout 2h $(PACKAGES)
	@$(MAKE) --no-print-directory test-mpi
	@$(MAKE) --no-print-directory fuzz
	go test -count=1 -race -timeout 1h $$(go list ./... | grep -E '$(races)')

race: ## the conformance suite, and what records beside an engine, under the race detector
	go test -count=1 -race -timeout 1h $(TESTFLAGS) -run 'Conformance|Late|Slow|Recorders|Replicas' ./cpu ./sim ./experiment

fuzz: ## execute every fuzz target FUZZ times, or for a time (FUZZ=1h)
	scripts/fuzz $(FUZZ) '$(FUZZ_TARGETS)'

# NEST, Brian2, PyNN, BrainPy and others live in a virtual environment, made anew when what they need changes.
peers := .cache/peers
peers_python = $(peers)/bin/python

$(peers)/ready: validate/peers/requirements.txt
	rm -rf $(peers)
	python3 -m venv $(peers)
	$(peers_python) -m pip install --quiet --disable-pip-version-check -r validate/peers/requirements.txt
	touch $@

test-peers: build $(peers)/ready ## hold einet to NEST, Brian2, PyNN, BrainPy, Elephant, SONATA's readers; installs them into .cache
	$(peers_python) validate/peers/peers.py $(PEER_CHECKS) $(if $(PEER_PAGE),--page $(PEER_PAGE))
	cd python && PYTHONDONTWRITEBYTECODE=1 EINET=$(CURDIR)/bin/einet $(CURDIR)/$(peers_python) -m unittest discover -s tests -t . && $(CURDIR)/$(peers)/bin/mypy --cache-dir $(CURDIR)/$(peers)/mypy
	$(peers_python) validate/peers/compare.py $(PEER_CASES) --spikes $(peers)/spikes.npz
	$(peers_python) validate/peers/compare.py $(firstword $(PEER_CASES)) --simulator brian2
	bin/einet validate $(PEER_PRESET) --against $(peers)/spikes.npz --no-plots -q

# What drives the browser lives in .cache, made anew when its lock file changes.
browser := .cache/browser

$(browser)/ready: report/browsertest/package.json report/browsertest/package-lock.json
	rm -rf $(browser)
	mkdir -p $(browser)
	cp $^ $(browser)
	cd $(browser) && npm ci --silent --no-audit --no-fund
	touch $@

test-browser: ## try report.html in Chromium; installs it and, into .cache, playwright-core
	@$(SETUP) build page
	@$(MAKE) --no-print-directory build $(browser)/ready SETUP=:
	NODE_PATH=$(CURDIR)/$(browser)/node_modules EINET=$(CURDIR)/bin/einet node --test report/browsertest/

lint: ## check formatting, go.mod and scripts; vet; staticcheck
	@$(SETUP) $(build_needs) lint
	@echo gofmt; bad=$$(find . -name '*.go' -not -path './.*' -exec gofmt -l {} +) && \
		{ test -z "$$bad" || { echo "run gofmt -w on:"; echo "$$bad"; exit 1; }; }
	go mod tidy -diff
	go vet ./...
	go vet -tags long ./...
	go vet -tags nogl ./...
	CGO_ENABLED=0 go vet ./...
	go tool staticcheck ./...
	@if command -v shellcheck >/dev/null; then echo shellcheck; shellcheck scripts/setup scripts/dist scripts/licenses scripts/fuzz .ci/run; fi

clean: ## remove what was built, and the results of runs in results/
	rm -rf bin results dist
	@test ! -d .cache || { chmod -R u+w .cache && rm -rf .cache; }

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile
