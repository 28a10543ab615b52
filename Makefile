# Diapason. "make run" and "make test" do everything on a fresh Debian-like machine with Go and a C compiler.
# -buildvcs=false: a checkout that belongs to another user, or without git, must build too.
GO    ?= go
BUILD := -tags migrated_fynedo -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help run build test test-long race windowtest lint bench fuzz crash screenshots

help:
	@echo "make run          open the demonstration workspace (without a display: run the same job and print it)"
	@echo "make test         every test: packages under the race detector, then the real window under Xvfb"
	@echo "make race         the same packages, each test three times under the race detector, in random order"
	@echo "make test-long    the properties of the merge on a million cases each, every order of two faults"
	@echo "make lint         gofumpt, staticcheck, go vet, and the test of the house's arrows and words"
	@echo "make bench        figures and ratios"
	@echo "make fuzz         every fuzz target for 30 s (FUZZTIME=5m for longer)"
	@echo "make crash        2,500 kills: a process killed at any moment loses and repeats nothing (KILLS=10 for fewer)"
	@echo "make screenshots  every screen, light and dark, French and English, into docs/screenshots"
	@echo "make build        the program, ./diapason"

run:
	@bash .ci/packages run
	$(GO) run $(BUILD) . demo

build:
	@bash .ci/packages run
	$(GO) build $(BUILD) -o diapason .

# The window tests drive the program's own process with a real mouse and a real file drop; the race detector would
# only slow the process that is not under test down. Everything else runs under it.
test:
	@bash .ci/packages test
	$(GO) test $(BUILD) -race -timeout 15m $$($(GO) list $(BUILD) ./... | grep -v /app/windowtest)
	$(GO) test $(BUILD) -timeout 10m -count=1 ./app/windowtest

race:
	@bash .ci/packages test
	$(GO) test $(BUILD) -race -shuffle on -count=3 -timeout 45m $$($(GO) list $(BUILD) ./... | grep -v /app/windowtest)

windowtest:
	@bash .ci/packages test
	$(GO) test $(BUILD) -timeout 10m -count=1 -v ./app/windowtest

lint:
	@bash .ci/packages run
	@unformatted=$$($(GO) tool gofumpt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "not formatted with gofumpt:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet $(BUILD) ./...
	GOFLAGS="$$GOFLAGS -buildvcs=false" $(GO) tool staticcheck -tags migrated_fynedo ./...
	$(GO) test $(BUILD) -run House .

# One package at a time (-p 1): figures taken beside another package's compilation or benchmark would mean nothing.
bench:
	@bash .ci/packages test
	$(GO) test $(BUILD) -p 1 -run '^$$' -bench . -benchmem -timeout 60m ./...

FUZZTIME ?= 30s
fuzz:
	@bash .ci/packages run
	@for package in $$($(GO) list $(BUILD) ./...); do \
	  for target in $$($(GO) test $(BUILD) -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "$$package $$target"; \
	    $(GO) test $(BUILD) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done; \
	done

# Each of the 25 ways of dying is tried KILLS times: ten of the whole engine and fourteen of its passes over address books
# (app/crashtest), one of the store alone.
KILLS ?= 100
crash:
	@bash .ci/packages run
	DIAPASON_CRASHES=$(KILLS) $(GO) test $(BUILD) -run Killed -count=1 -timeout 120m -v ./app/crashtest ./storage/bolt

# The properties of the merge on a million cases each (make test draws 20,000), and every order of two faults.
test-long:
	@bash .ci/packages run
	DIAPASON_CASES=1000000 $(GO) test $(BUILD) -count=1 -timeout 60m ./sync/merge
	DIAPASON_FAULTS=all $(GO) test $(BUILD) -count=1 -timeout 60m -run 'Fault' ./sync

screenshots:
	@bash .ci/packages test
	DIAPASON_SCREENSHOTS=$(CURDIR)/docs/screenshots $(GO) test $(BUILD) -run Screenshots -count=1 -timeout 20m -v ./app/windowtest
