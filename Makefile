# Every target makes .venv and installs what it needs when that is missing or older than setup.cfg.
.PHONY: demo test test-fast chromium bench lint docs clean
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

test: .venv/installed chromium
	$(BIN)/python -m pytest

test-fast: .venv/installed chromium
	$(BIN)/python -m pytest tests --ignore=tests/contract --ignore=tests/pipelines --ignore=tests/packaging

# The browser that looks at the report; Debian's packages, as root or by sudo.
chromium:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root="env"; else as_root="sudo env"; fi; \
	for tool in apt-get $${as_root%% *}; do command -v $$tool >/dev/null || { \
		echo "The tests need chromium and chromedriver on the PATH, and $$tool to install them is missing."; exit 1; }; done; \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver

bench: .venv/installed
	@for script in tests/performance/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/installed
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html"

clean:
	rm -rf .venv build dist *.egg-info
