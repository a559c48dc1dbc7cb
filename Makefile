# luutru: everything that it takes to try it, test it and measure it.
#
#   make demo    the whole job on five small portals that it serves itself
#   make test    lint, types, the import contract and every test
#   make lint    the same without the tests
#   make bench   the pipeline that people write today against this one
#   make screenshots   the pictures of the web interface in README.md (needs Chromium)
#   make lock    resolve the dependencies anew (needs uv)
#   make clean   remove .venv and caches; archives stay
#
# Needs Python 3.11 or newer with venv. To choose one: make demo PYTHON=/path/to/python3.12
# More arguments: make test PYTEST_ARGS='-k dates -x', make bench BENCH_ARGS='--pages 100'

# The first that will do, or else python3, so that the message is about that one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
# Tests of whole crawls mostly wait: for gaps that are kept, for answers that come late.
PYTEST_ARGS ?= -n 3 --dist worksteal
UV ?= uv
LOCK := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint bench screenshots lock clean

help:
	@sed -n '3,9s/^# *//p' Makefile

demo: $(VENV)/.run
	@$(BIN)/luutru demo

test: lint
	@echo '== pytest'
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev
	@echo '== ruff check'
	@$(BIN)/ruff check .
	@echo '== ruff format'
	@$(BIN)/ruff format --check .
	@echo '== mypy --strict'
	@$(BIN)/mypy
	@echo '== import contract'
	@$(BIN)/lint-imports --no-cache --no-logo

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.end_to_end $(BENCH_ARGS)

screenshots: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.screenshots

# Each stamp says that the environment holds that lock. The development lock holds all of the other one, too.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.made
	@echo 'Installing luutru and its locked dependencies into $(VENV) ...'
	@$(PIP) install --no-deps --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.made
	@echo 'Installing luutru, its locked dependencies and the development tools into $(VENV) ...'
	@$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $(VENV)/.run $@

$(VENV)/.made:
	@command -v '$(PYTHON)' >/dev/null || \
		{ echo "make: '$(PYTHON)' was not found; luutru needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: '$(PYTHON)' is `'$(PYTHON)' -V 2>&1`; luutru needs 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "make: '$(PYTHON)' has no venv; install it (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@'$(PYTHON)' -m venv --clear $(VENV)
	@touch $@

# The run lock takes its versions from the development lock, so that what is tested is what is run.
lock:
	@command -v $(UV) >/dev/null || { echo 'make: uv was not found; it resolves the lock files (pip install uv)' >&2; exit 1; }
	$(LOCK) $(LOCK_ARGS) --group dev --output-file requirements/dev.txt
	$(LOCK) --group build --constraints requirements/dev.txt --output-file requirements/run.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find archive crawler tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
