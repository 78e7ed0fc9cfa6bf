# Two commands do all set-up on a fresh machine with Python 3.11+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs clean

$(BIN)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(BIN)/.installed-dev: $(BIN)/.installed
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: $(BIN)/.installed  ## install, run the main job on a bundled data set, print where the submission is
	$(BIN)/automl fit examples/penguins --preset smoke

lint: $(BIN)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## everything CI runs
	$(BIN)/pytest

docs: $(BIN)/.installed  ## write the pages of docs that are made from the code anew
	$(BIN)/python -m manual docs

clean:
	rm -rf $(VENV) runs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
