# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo soak test browser test-cluster fast lint bench lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## install everything into .venv

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v < (3, 11) and sys.exit("traceutil needs Python 3.11 or newer, and $(PYTHON) is %d.%d: make PYTHON=python3.11" % v[:2])'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: $(READY)  ## one Deployment in an embedded cluster: its trace, drawn here
	@$(BIN)/traceutil demo

test: lint browser  ## lint, then all tests: some five minutes on two cores
	@$(BIN)/pytest -n 2 --dist worksteal

# Debian's Chromium, since it gets security updates with the system; playwright's own is used if it is there.
browser: $(READY)  ## install the browser that the tests of the HTML page drive, where there is none (root)
	@$(BIN)/python -m tests.browser.chromium

test-cluster: $(READY)  ## what is proved on a real API server and a real Jaeger, built first (Go)
	@$(BIN)/python -m tests.cluster.binaries
	@$(BIN)/pytest tests/cluster tests/conformance tests/crashes --api-server real

fast: $(READY)  ## unit and docs tests only, in half a minute
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow" tests/unit tests/docs

lint: $(READY)  ## format, style, types, direction of imports
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

soak: $(READY)  ## 100 random kills, and 5,000 pods: what is promised, and what it takes
	@$(BIN)/python -m tests.soak

bench: $(READY)  ## measure, and print the table
	@$(BIN)/python -m tests.benchmarks

lock: $(READY)  ## choose versions anew (requirements.lock)
	@$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --all-extras --group dev \
		--no-emit-index-url --no-header --output-file requirements.lock pyproject.toml

clean:  ## remove what was built
	@rm -rf .venv dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
