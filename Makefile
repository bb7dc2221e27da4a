# make demo   install into .venv and run the demo          make test    install everything and run the tests
# make check  what CI runs: lint, format, types, import rules, tests
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint format types imports clean
demo: .venv/demo
	$(BIN)/streamseg demo

test: .venv/dev
	$(BIN)/python -m pytest

check: lint types imports test

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

imports: .venv/dev
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "streamseg needs Python 3.11 to 3.13; '$(PYTHON)' is `$(PYTHON) --version`. Try: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/demo: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	touch $@

.venv/dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/demo

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage
