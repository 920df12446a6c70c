# `make` alone lists what there is. Works with GNU make 3.81, which macOS ships.

# What is installed goes into .venv, and only once: a stamp says when.
PYTHON ?=
VENV := .venv
BIN := $(if $(filter Windows_NT,$(OS)),$(VENV)/Scripts,$(VENV)/bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
ARGS ?=
TORCH := 2.13.0

.DEFAULT_GOAL := help
.PHONY: help serve test check fix bench quality device reapack train-models clean

help: ## List the targets
	@echo "make serve    starts the bridge.   make test    runs every test."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "ARGS are handed on: make serve ARGS='--port 9000', make test ARGS='-k takes'."
	@echo "PYTHON chooses the interpreter (3.11 or newer) that .venv is made with."

serve: $(VENV)/.serve ## Install what serving needs, and start the bridge with its demo
	@$(BIN)/macnet serve $(ARGS)

test: $(VENV)/.develop ## Install what tests need (torch too), and run all of them
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.develop ## Check form, types, layers and ReaPack's rules; writes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python reaper_scripts/reapack.py --check

fix: $(VENV)/.develop ## Mend what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.develop ## Measure speed and print the tables
	$(BIN)/python -m bench $(ARGS)

quality: $(VENV)/.develop ## Measure the models and write docs/QUALITY.md with its plots
	$(BIN)/python bench/quality.py $(ARGS)

reapack: $(VENV)/.develop ## Write index.xml, by which ReaPack installs the actions for REAPER
	$(BIN)/python reaper_scripts/reapack.py $(ARGS)

train-models: $(VENV)/.develop ## Train the bundled models again, as they were
	$(BIN)/python bench/train_models.py folk --minutes 85 $(ARGS)
	$(BIN)/python bench/train_models.py songs --minutes 172 $(ARGS)
	$(BIN)/python -m bench.train_discriminators folk $(ARGS)
	$(BIN)/python -m bench.train_discriminators songs $(ARGS)

device: $(VENV)/.develop ## Build the Live device and its picture from their sources
	@$(BIN)/python -m max_for_live.workshop build
	@$(BIN)/python -m max_for_live.workshop picture

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough and can make environments; macOS and Debian call it by several names.
$(VENV)/.made:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python py; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$($$python --version) ..."; \
	    $$python -m venv $(VENV) && touch $@ && exit 0; \
	  fi; \
	done; \
	echo "No Python 3.11 or newer was found that can make environments."; \
	echo "Install one (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3"; \
	exit 1

$(VENV)/.serve: $(VENV)/.made pyproject.toml
	@echo "Installing what serving needs, once ..."
	@$(PIP) --editable .
	@touch $@

# torch comes first and alone, so that a build that the machine already has is taken as it is.
$(VENV)/.develop: $(VENV)/.made pyproject.toml
	@echo "Installing what tests and training need, once; torch is large ..."
	@$(PIP) torch==$(TORCH) || $(PIP) 'torch>=2.5'
	@$(PIP) --editable '.[train,dev]'
	@$(PIP) --editable '.[cluster]' || echo "Ray cannot be installed here: its tests will be skipped."
	@$(PIP) --editable '.[clients]' || echo "pyliblo3 cannot be installed here: its tests will be skipped."
	@touch $@ $(VENV)/.serve
