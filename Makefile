# Every target makes .venv and installs what it needs when that is missing or older than setup.cfg.
.PHONY: demo test test-fast test-jit coverage test-matrix chromium bench figures lint docs dist clean
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.venv/installed: setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "featkit needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	$(BIN)/featkit warm-up
	@touch $@

demo: .venv/installed
	$(BIN)/python -m pipelines.demo

# Files of tests are shared out to as many processes as there are cores, four at most.
# Every core has its own tests: threads of OpenMP inside them would only wait for each other.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

test: .venv/installed chromium
	$(ONE_THREAD) $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-fast: .venv/installed chromium
	$(ONE_THREAD) $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile tests \
		--ignore=tests/contract --ignore=tests/pipelines --ignore=tests/packaging

# Estimators and functions without the kernels that were compiled ahead of time.
test-jit: .venv/installed
	FEATKIT_KERNELS=jit $(BIN)/python -m pytest tests/contract tests/test_numba.py

# Lines and branches that the tests run; kernels are compiled, which the tracer does not see, and left out.
coverage: .venv/installed chromium
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

# Results on the oldest supported and on the newest versions, the latter with OpenCV 5 and 4; uv finds the Pythons.
OLDEST_PYTHON ?= 3.11
NEWEST_PYTHON ?= >=3.13
UV := PYENV_VERSION="$$(pyenv versions --bare 2>/dev/null | paste -sd :)" $(BIN)/uv
NOT_IN_MATRIX := notebooks packaging docs performance report/test_browser.py extraction/dataset/test_s3.py extraction/dataset/test_gs.py

test-matrix: matrix-newest matrix-opencv4 matrix-oldest
	$(BIN)/python -m tools.compare_versions compare $(^:matrix-%=.matrix/%/outputs.npz) > docs/versions.md

matrix-newest matrix-opencv4: VERSION = $(NEWEST_PYTHON)
matrix-opencv4: PACKAGES = "opencv-python-headless<5"
matrix-oldest: VERSION = $(OLDEST_PYTHON)
matrix-oldest: PACKAGES = --resolution lowest-direct
matrix-oldest: WARNINGS = -W ignore::DeprecationWarning  # of what has become of the libraries below the old ones
matrix-%: .venv/installed
	$(UV) venv --quiet --clear --python "$(VERSION)" .matrix/$*
	$(UV) pip install --quiet --python .matrix/$* -e ".[all,test]" $(PACKAGES)
	NUMBA_CACHE_DIR=.matrix/$*/numba .matrix/$*/bin/python -m pytest $(WARNINGS) $(NOT_IN_MATRIX:%=--ignore=tests/%)
	NUMBA_CACHE_DIR=.matrix/$*/numba .matrix/$*/bin/python -m tools.compare_versions write .matrix/$*/outputs.npz

# The browser that looks at the report; Debian's packages, as root or by sudo.
chromium:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root="env"; else as_root="sudo env"; fi; \
	for tool in apt-get $${as_root%% *}; do command -v $$tool >/dev/null || { \
		echo "The tests need chromium and chromedriver on the PATH, and $$tool to install them is missing."; exit 1; }; done; \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
	$$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver

# The first call is measured beside earlier releases, too: make bench WHEELS=featkit-0.1.0-py3-none-any.whl
bench: .venv/installed
	@for script in tests/performance/bench_*.py; do echo "== $$script"; \
	if [ $$script = tests/performance/bench_first_call.py ]; then wheels="$(WHEELS)"; else wheels=; fi; \
	$(BIN)/python $$script $$wheels || exit 1; done

# Figures of the README measured again: prints those that differ beyond their noise.
figures: .venv/installed
	$(BIN)/python -m tools.figures

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m tools.check_docstrings

docs: .venv/installed
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html"

dist: .venv/installed
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

clean:
	rm -rf .venv .matrix build dist *.egg-info
