# Anlan's commands. Needs Python 3.11 or newer with venv and pip, make and git; everything else is installed here.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
PORT ?= 8000
TESTS ?= tests
STEP := $(BIN)/python tools/step.py
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --no-build-isolation --use-pep517
VENDOR := sync_server/static/vendor
PHONE := build/phone-web
PHONE_SOURCES := flet.toml $(wildcard requirements/phone-web.lock) \
	$(shell find mobile_app shared assets -type f ! -name '*.pyc' ! -path '*/.*' 2>/dev/null)
EXTRAS := --extra phone --extra phone-build --extra server
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate
LOCK_HERE := $(LOCK) --universal --python-version 3.11 --group build
LOCK_PHONE := $(LOCK) --python-platform wasm32-pyodide2024 --python-version 3.14 --extra phone --no-emit-package pillow

# Use npm, node and flet from the locked packages.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run demo install test check format bench soak pictures contract lock clean chromium postgres strace

help: ## show this list
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' Makefile
	@echo "make run and make demo take PORT=8000 and DATA=folder; make test takes TESTS=tests/shared"

run: DATA ?= var
run: install ## install what is missing, then serve the map, the ledger and the phone app
	@exec $(BIN)/anlan serve --data "$(DATA)" --port "$(PORT)"

demo: DATA ?= var-demo
demo: install ## the same with 2,000 demo hazards, in a separate folder
	@$(BIN)/anlan demo --data "$(DATA)"
	@exec $(BIN)/anlan serve --data "$(DATA)" --port "$(PORT)"

install: $(VENV)/.anlan $(VENDOR)/.made $(PHONE)/index.html ## install everything without serving

test: install $(VENV)/.dev chromium postgres strace ## run all tests, including those in a browser and on PostgreSQL
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -m "not soak" --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(VENV)/.anlan $(VENV)/.dev ## check format, lint, types and architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/.dev ## format all files
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: install $(VENV)/.dev chromium ## measure speed, bytes and memory against bare-minimum baselines
	$(BIN)/python -m tests.bench

soak: install $(VENV)/.dev chromium postgres ## run the long tests that make test skips
	TMPDIR=$${TMPDIR:-/tmp} HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -m soak --timeout 7200 $(TESTS)

pictures: install $(VENV)/.dev chromium ## retake the screenshots for the handbooks, with demo data
	$(BIN)/python -m tools.pictures

contract: $(VENV)/.anlan ## write docs/openapi.json anew from the models and routes
	$(BIN)/python -m tools.contract

lock: $(VENV)/.dev ## update the locked versions of all packages
	$(LOCK_HERE) $(EXTRAS) --group dev --upgrade --output-file requirements/dev.lock pyproject.toml
	$(LOCK_HERE) $(EXTRAS) --constraint requirements/dev.lock --output-file requirements/run.lock pyproject.toml
	$(LOCK_HERE) --constraint requirements/dev.lock --output-file requirements/build.lock
	$(LOCK_PHONE) --constraint requirements/dev.lock --output-file requirements/phone-web.lock pyproject.toml
	$(BIN)/npm update --package-lock-only

clean: ## remove everything installed or built, but keep the data folders
	rm -rf $(VENV) node_modules build $(VENDOR) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find mobile_app shared sync_server tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

chromium: $(VENV)/.dev
	@$(BIN)/python -m tools.chromium

postgres: $(VENV)/.dev
	@$(BIN)/python -m tools.postgres

strace: $(VENV)/.dev
	@$(BIN)/python -m tools.strace

# Each step touches a stamp file, and runs again only when its sources are newer than the stamp.

$(VENV)/.made:
	@for python in $(PYTHON); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Preparing $(VENV) with $$($$python --version) …"; \
		$$python -m venv $(VENV) && touch $@ && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	echo "Python 3.11 or newer is needed. If you have one under another name: make PYTHON=/path/to/python"; exit 1

# Install build backends first, so that no package downloads its own without a hash check.
$(VENV)/.builder: requirements/build.lock | $(VENV)/.made
	@$(PIP) --quiet --require-hashes --requirement $<
	@touch $@

$(VENV)/.packages: requirements/run.lock | $(VENV)/.builder
	@$(STEP) "1/4 Installing Python packages (about 1 min)" $(PIP) --require-hashes --requirement $<
	@touch $@

$(VENV)/.anlan: pyproject.toml $(VENV)/.packages
	@$(STEP) "2/4 Installing Anlan itself (a few seconds)" $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.packages
	@$(STEP) "3/4 Installing web packages (a few seconds)" $(BIN)/npm ci --no-audit --no-fund
	@touch $@

$(VENDOR)/.made: Makefile node_modules/.package-lock.json
	@rm -rf $(VENDOR)
	@mkdir -p $(VENDOR)/leaflet
	@cd node_modules/leaflet && cp -R LICENSE dist/leaflet.js dist/leaflet.css dist/images $(CURDIR)/$(VENDOR)/leaflet
	@mkdir -p $(VENDOR)/noto-sans-sc
	@cd node_modules/@fontsource/noto-sans-sc && cp LICENSE unicode.json files/noto-sans-sc-[0-9]*-700-normal.woff2 files/noto-sans-sc-latin-700-normal.woff2 $(CURDIR)/$(VENDOR)/noto-sans-sc
	@touch $@

$(PHONE)/index.html: $(PHONE_SOURCES) $(VENV)/.anlan node_modules/.package-lock.json
	@$(STEP) "4/4 Building the phone's web app (about 2 min)" $(BIN)/anlan phone build web --out $(PHONE)
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.packages
	@$(STEP) "Installing test and check tools (about 1 min)" $(PIP) --require-hashes --requirement $<
	@touch $@
