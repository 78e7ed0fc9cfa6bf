# Two commands do all set-up on a fresh machine with Python 3.11+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help demo test quick lint docs pictures site clean

$(BIN)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(BIN)/.installed-dev: $(BIN)/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

help:  ## list what make can do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

demo: $(BIN)/.installed  ## install, run the main job on a bundled data set, print where the submission is
	$(BIN)/automl fit examples/penguins --preset smoke

lint: $(BIN)/.installed-dev  ## style, types and the directions of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Tests of one file stay in one process, where they share what they only read.
# Two processes share the processors: threads that wait do not spin.
PYTEST = OMP_WAIT_POLICY=passive $(BIN)/pytest --numprocesses logical --dist loadfile --no-loadscope-reorder

test: lint  ## everything CI runs
	$(PYTEST)

quick: lint  ## style, types and the tests that take no seconds: while you work
	$(PYTEST) -m "not slow" tests

docs: $(BIN)/.installed  ## write the pages of docs that are made from the code anew
	PYTHONPATH=tools $(BIN)/python -m manual docs

pictures: $(BIN)/.installed  ## draw docs/pictures anew
	PYTHONPATH=tools $(BIN)/python -m pictures docs/pictures

site: $(BIN)/.installed-dev  ## the documents as a site in site/, which needs no network
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -c docs -b html . site
	@echo site/index.html

clean:  ## remove the environment, runs and caches
	rm -rf $(VENV) runs site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
