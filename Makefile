# Each target works alone on a fresh machine with Python 3.11 or newer and make.
#
#   make serve   practise in the browser             make check   lint, types, import rules
#   make ask     practise in the terminal            make test    the whole test suite
#   make eval    how good the grades are             make bench   speed, as ratios
#   make help    this list

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
# Tests mostly wait for terminals and servers, so one more than there are cores; eight at most,
# for each needs half a gigabyte.
TEST_PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(8, 1 + (os.cpu_count() or 2)))')
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help serve ask check test eval eval-public bench messages screenshots docs constraints clean

help:
	@sed -n 's/^#   /  /p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mockint needs Python 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make a virtual environment here; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing mockint into $(VENV) (once, about a minute) …" >&2
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing mockint and its test tools into $(VENV) (once, some minutes) …" >&2
	@$(PIP_INSTALL) --editable '.[st,evals,test,lint]'
	@touch $@ $(VENV)/run.stamp

serve: $(VENV)/run.stamp
	@$(BIN)/mockint serve $(ARGS)

ask: $(VENV)/run.stamp
	@$(BIN)/mockint ask $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.browser.chromium >/dev/null
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile $(ARGS)

eval: $(VENV)/dev.stamp
	@$(BIN)/mockint eval check $(ARGS)

# Human-marked sets that are not part of this repository: make eval-public ASAG=folder
eval-public: $(VENV)/dev.stamp
	@$(BIN)/mockint eval public $(if $(ASAG),"$(ASAG)") $(ARGS)

bench: $(VENV)/dev.stamp
	@for script in startup similarity embedding index rubric evals store interview web; do \
	  test -f bench/$$script.py || continue; \
	  $(BIN)/python -m bench.$$script || exit 1; echo; done

# The README's pictures, of a real server in a real browser.
screenshots: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.browser.chromium >/dev/null
	$(BIN)/python -m tests.web.browser.screenshots docs/images

messages: $(VENV)/dev.stamp
	@for po in app/locale/*/LC_MESSAGES/*.po; do \
	  $(BIN)/pybabel -q compile -i $$po -o $${po%.po}.mo; done

# A fresh environment with the newest releases that pyproject.toml allows, frozen.
constraints:
	rm -rf .constraints-venv && $(PYTHON) -m venv .constraints-venv
	.constraints-venv/bin/python -m pip install --quiet 'torch==2.13.0'
	.constraints-venv/bin/python -m pip install --quiet '.[st,evals,test,lint]'
	( echo "# Versions that the tests passed with; renew with: make constraints"; \
	  .constraints-venv/bin/python -m pip freeze --exclude mockint | grep -v '^-e\|@ file' | sed 's/+cpu$$//' ) > constraints.txt
	rm -rf .constraints-venv

clean:
	rm -rf $(VENV) .constraints-venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
