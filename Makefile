# make demo   everything from a bare clone to runs/demo/report.html
# make test   everything from a bare clone to the tests' result
# make python        the library that the Python package (python/dyt) loads
# make test-python   the tests of that package, in an environment of their own with the full PyTorch
# All may be run again at any time; what is done is not done twice.

BUILD := build/release
JOBS  ?= $(shell nproc)
# Tests that need real data beyond the embedded set look here; they say so when they are skipped.
ifneq ($(wildcard ../shared/data),)
export DYT_TEST_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test test-slow python test-python build setup clean

demo: build
	./bin/dyt compare out=runs/demo --fresh-where-changed

test: setup
	@scripts/build.sh $(BUILD) $(JOBS) all
	@scripts/run_tests.sh $(BUILD) quick

test-slow: setup
	@scripts/setup_neon.sh
	@scripts/build.sh $(BUILD) $(JOBS) all
	@scripts/run_tests.sh $(BUILD) slow

python: setup
	@scripts/build.sh $(BUILD) $(JOBS) dyt_dyt_joined

test-python: setup
	@scripts/build.sh $(BUILD) $(JOBS) pointwise_bits
	@scripts/setup_python.sh
	@.deps/python/bin/python -m pytest tests/python

build: setup
	@scripts/build.sh $(BUILD) $(JOBS) dyt_cli

setup:
	@scripts/setup.sh

clean:
	rm -rf build bin
