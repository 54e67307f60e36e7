# Every target makes .venv and installs what it needs when that is missing or older than setup.cfg.
.PHONY: demo test test-fast bench lint clean
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.venv/installed: setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "featkit needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

demo: .venv/installed
	$(BIN)/python -m pipelines.demo

test: .venv/installed
	$(BIN)/python -m pytest

test-fast: .venv/installed
	$(BIN)/python -m pytest tests --ignore=tests/contract --ignore=tests/pipelines --ignore=tests/packaging

bench: .venv/installed
	@for script in tests/performance/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf .venv build dist *.egg-info
