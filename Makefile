# Two commands do all the set-up: `make demo` and `make test`. Each builds .venv the first time and is quick the next.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SETUP  := pyproject.toml package/hatch_build.py package/antiphon/__init__.py package/antiphon/__main__.py

# The small models of the tests lie in the checkout; the demo's in this user's cache, where `antiphon` finds them again.
TEST_HOME   := .cache
TEST_MODELS := whisper-base qwen2.5-coder-0.5b

PIN := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make pins"

.DEFAULT_GOAL := help
.PHONY: help demo test chaos soak bench-tutor bench-planning bench-side-by-side bench-engine check format build docs vectors pins clean

help:  ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1|/' | column -t -s '|'

demo: $(VENV)/.run  ## ask one question in English and one in Chinese, by voice (fetches about 1.3 GB once)
	$(BIN)/antiphon demo --yes

test: $(VENV)/.dev  ## fetch the small test models (640 MB once), then check and test everything with the network blocked
	ANTIPHON_HOME=$(TEST_HOME) $(BIN)/antiphon models pull $(TEST_MODELS)
	$(MAKE) --no-print-directory check
	$(BIN)/pytest $(TESTS)

chaos: $(VENV)/.dev  ## kill 200 runs at random moments, go on with them, and look that nothing happens twice (about twenty minutes)
	ANTIPHON_CHAOS_SEEDS=200 $(BIN)/pytest tests/chaos --timeout 3600 -s

soak: $(VENV)/.dev  ## two hours of conversation in compressed time: memory, time of a turn, stored bytes (some minutes)
	ANTIPHON_SOAK_TURNS=2400 $(BIN)/pytest tests/workflows/run/test_durable_soak.py --timeout 3600 -s

bench-tutor: $(VENV)/.dev  ## what the child tutor is worth: bare model, plain prompt, workflow (about an hour on two cores)
	$(BIN)/antiphon models pull qwen2.5-coder-0.5b qwen2.5-coder-1.5b
	$(BIN)/python benchmarks/tutor.py tests/data/tutor/questions.jsonl --show

bench-planning: $(VENV)/.dev  ## the same model with a strategy and without, on 100 GSM8K problems (about an hour on two cores)
	$(BIN)/antiphon models pull qwen2.5-coder-0.5b
	$(BIN)/python benchmarks/planning.py --show

bench-side-by-side: $(VENV)/.dev  ## the same mistakes given to four other frameworks, each in its own environment (fetches 1 GB)
	PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONPATH=benchmarks $(BIN)/python -m side_by_side

bench-engine: $(VENV)/.dev  ## what a step costs beside a LangGraph graph written by hand: chains, fan-out, each storage
	$(BIN)/python benchmarks/engine.py

check: $(VENV)/.dev  ## style and types: ruff, mypy, pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p antiphon
	MYPYPATH=benchmarks $(BIN)/mypy tests benchmarks examples
	$(BIN)/pyright

format: $(VENV)/.dev  ## put every file in the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

build: $(VENV)/.dev  ## source distribution and wheel, in dist/
	$(BIN)/python -m build --no-isolation

docs: $(VENV)/.dev  ## make the pages anew that are made from the code: nodes and errors, in both languages
	$(BIN)/antiphon explain nodes --language en > docs/nodes.md
	$(BIN)/antiphon explain nodes --language zh > docs/nodes.zh.md
	$(BIN)/antiphon explain --all --language en > docs/errors.md
	$(BIN)/antiphon explain --all --language zh > docs/errors.zh.md

vectors: $(VENV)/.dev  ## make the vectors of the tutor's articles anew, after the articles have changed
	$(BIN)/antiphon knowledge ship workflows/library/child_tutor/knowledge

pins: $(VENV)/.dev  ## renew the pinned versions and hashes in constraints/
	$(PIN) --extra knowledge --extra local --extra voice pyproject.toml package/build-requirements.txt -o constraints/run.txt
	$(PIN) --extra dev -c constraints/run.txt pyproject.toml -o constraints/dev.txt

clean:  ## remove what the other targets made, models apart
	rm -rf $(VENV) .package dist .mypy_cache .ruff_cache .pytest_cache

# What runs needs fewer packages than what is developed; both are pinned by version and hash.
$(VENV)/.run: constraints/run.txt $(SETUP) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: constraints/dev.txt $(SETUP) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
