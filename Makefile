# Two commands do everything: `make run` starts the app, `make test` runs every test. Both install what is missing first.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV ?= .venv
PORT ?= 8501
BIN = $(VENV)/bin
TORCH = $(shell sed -n 's/^torch==/torch==/p' requirements.txt)
# PyTorch's own index has the CPU build for Linux; where it can't be reached, the usual index is asked instead.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test check browser screenshots

run: $(VENV)/.app
	@$(BIN)/python scripts/preflight.py port $(PORT)
	@$(BIN)/streamlit run server.py --server.port $(PORT)

test: $(VENV)/.dev browser
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest

browser: $(VENV)/.dev
	@$(BIN)/python scripts/browser.py

screenshots: $(VENV)/.dev browser
	@$(BIN)/python scripts/screenshots.py

$(VENV)/.app: requirements.txt
	@$(PYTHON) scripts/preflight.py python disk $(CURDIR)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the requirements into $(VENV) (once) ..."
	@$(PIP) install --retries 0 --timeout 5 --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null || $(PIP) install $(TORCH)
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@echo "Installing the development requirements into $(VENV) (once) ..."
	@$(PIP) install -r requirements-dev.txt
	@touch $@
