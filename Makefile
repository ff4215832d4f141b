# SPDX-License-Identifier: GPL-2.0-or-later
# Thin: CMake builds what runs in user space, Kbuild the module, scripts do the rest.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

# Headers of the running kernel if there are, else of the one that scripts/vm boots.
ifndef KVER
KVER := $(shell uname -r | grep -xF -f <(cd /lib/modules && ls -d */build 2>/dev/null | \
	cut -d / -f 1) || scripts/kernel --version 6.1 2>/dev/null)
endif
PREFIX ?= /usr/local

module_dir := build/module/$(KVER)
module_sources := $(wildcard module/* module/compat/* include/uapi/linux/*) scripts/lib/module.sh
test_devices := $(module_dir)/test-devices/memlane_test_devices.ko
test_devices_sources := $(wildcard tests/module/*) scripts/lib/module.sh
floor := $(module_dir)/floor/memlane_floor.ko
floor_sources := $(wildcard bench/floor/*) scripts/lib/module.sh
edu_capture := $(module_dir)/edu-capture/edu_capture.ko
edu_capture_sources := $(wildcard samples/edu_capture/*) module/memlane.h scripts/lib/module.sh
# Several scripts/vm may want the same tree built at once.
locked := mkdir -p build && exec flock build/.lock
# Ninja's --quiet still tells that there was nothing to do.
unless_idle := { grep -v -x 'ninja: no work to do.' || true; }

.PHONY: all build vm-build vm-host host host-programs module test-devices floor edu-capture
.PHONY: demo test test-slow test-matrix fuzz bench bench-quick check-cost vm check install clean help

all: build

build:
	@$(locked) $(MAKE) host module test-devices edu-capture floor

# What scripts/vm and install want: not the tests, which take longest to build.
vm-build:
	@$(locked) $(MAKE) host-programs module

vm-host:
	@$(locked) $(MAKE) host-programs

host: build/release/build.ninja
	@cmake --build build/release -- --quiet | $(unless_idle)

host-programs: build/release/build.ninja
	@cmake --build build/release --target lib/all tools/all bench/all -- --quiet | \
		$(unless_idle)

build/release/build.ninja:
	@cmake --preset release --log-level=WARNING

module: $(module_dir)/memlane.ko

$(module_dir)/memlane.ko: $(module_sources)
	@scripts/lib/module.sh module $(CURDIR)/$(module_dir) $(KVER)

# Hardware for the tests; built after memlane.ko, whose folder it lies in.
test-devices: $(test_devices)

$(test_devices): $(test_devices_sources) | $(module_dir)/memlane.ko
	@scripts/lib/module.sh tests/module $(CURDIR)/$(@D) $(KVER)

# What bench/run measures transfers against.
floor: $(floor)

$(floor): $(floor_sources) | $(module_dir)/memlane.ko
	@scripts/lib/module.sh bench/floor $(CURDIR)/$(@D) $(KVER)

# Another driver, which needs the symbols that memlane.ko exports.
edu-capture: $(edu_capture)

$(edu_capture): $(edu_capture_sources) $(module_dir)/memlane.ko
	@rm -f $(@D)/Module.symvers # Kbuild does not look whether memlane's symbols changed
	@scripts/lib/module.sh samples/edu_capture $(CURDIR)/$(@D) $(KVER) MEMLANE=$(CURDIR) \
		KBUILD_EXTRA_SYMBOLS=$(CURDIR)/$(module_dir)/Module.symvers

demo:
	@scripts/setup
	@scripts/demo

test:
	@scripts/setup
	@tests/run

# One kernel: make test-matrix KERNELS=6.12
KERNELS ?=

test-matrix:
	@scripts/setup --matrix
	@scripts/kernel >/dev/null
	@tests/matrix $(KERNELS)

test-slow:
	@scripts/setup --slow
	@$(MAKE) -s build
	@status=0; for program in build/release/tests/slow/*_test; do \
		tests/guest --no-build --timeout 3600 -- $$program || status=1; \
	done; exit $$status

# FUZZ_SECONDS=60 for a shorter one. What it finds is in build/fuzz/found.
FUZZ_SECONDS ?= 600

fuzz:
	@scripts/setup --fuzz
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build build/fuzz --target recording_fuzz -- --quiet
	@mkdir -p build/fuzz/corpus build/fuzz/found
	@build/fuzz/tests/recording_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 \
		-print_final_stats=1 -artifact_prefix=build/fuzz/found/ \
		build/fuzz/corpus tests/fuzz/corpus

# UPDATE=--update makes what is measured the baseline.
check-cost:
	@scripts/setup
	@bench/check-cost $(UPDATE)

bench:
	@scripts/setup --bench
	@bench/run

bench-quick:
	@scripts/setup --bench
	@bench/run --quick

vm:
	@scripts/vm

check:
	@scripts/setup --lint
	@scripts/check

# Whoever packages a DESTDIR updates the caches where it is unpacked.
install: vm-build
	cmake --install build/release --prefix $(PREFIX)
	install -D -m 644 $(module_dir)/memlane.ko \
		$(DESTDIR)/lib/modules/$(KVER)/extra/memlane.ko
	$(if $(DESTDIR),,ldconfig && depmod $(KVER))

clean:
	rm -rf build

help:
	@echo 'make demo     the problem and its solution, in a guest (3 minutes)'
	@echo 'make test     all tests, on this machine and in a guest'
	@echo 'make test-slow  the X server on a screen, 10 million frames, each in a guest'
	@echo 'make test-matrix  the guest suites under every kernel of tests/vm/kernels.conf'
	@echo 'make fuzz     ten minutes of damaged recordings, by libFuzzer'
	@echo 'make bench    every way and what others take, measured: bench/results/ (25 minutes)'
	@echo 'make bench-quick  the most important of that (5 minutes)'
	@echo 'make check-cost  instructions of our ways against bench/baseline.json, as make test does'
	@echo 'make vm       a shell in a guest with the module loaded'
	@echo 'make build    library, command, tests and module; also plain make'
	@echo 'make check    formats, clang-tidy, checkpatch, sparse, shellcheck'
	@echo 'make install  to PREFIX ($(PREFIX)) and /lib/modules; honours DESTDIR'
	@echo 'make clean    removes build/'
