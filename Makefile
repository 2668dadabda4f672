# Everything a checkout needs, with git, make and Python 3.11 or newer alone.
# `make PYTHON=python3.12 demo` takes another Python.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.8

# The rules of the workflow call `foxp3-annot`, which must be the one of this checkout.
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"

# A Python without ensurepip (Debian without python3-venv) lends its own pip to the virtual environment.
PIP := $$($(BIN)/python -m pip --version >/dev/null 2>&1 && echo $(BIN)/python -m pip \
	|| echo $(PYTHON) -m pip --python $(BIN)/python) --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes --no-build-isolation \
	--only-binary :all: --no-binary connection-pool --requirement

PYTHON_SOURCES := foxp3_annot tests benchmarks resources
WORKFLOW_SOURCES := Snakefile workflow

.DEFAULT_GOAL := help
.PHONY: help demo test check fix stress bench agreement atlas lock clean
.DELETE_ON_ERROR:

help:  ## print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

demo: $(VENV)/run.installed  ## set up, report the bundled example, and say what was found
	@$(IN_VENV) snakemake
	@awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$$i] = i; next } \
	  { printf "%s: %s\n    results/reports/%s.html\n", $$column["sample"], $$column["sentence"], $$column["sample"] }' \
	  results/summary.tsv

test: $(VENV)/dev.installed  ## run the tests
	$(IN_VENV) python -m pytest --numprocesses auto

check: $(VENV)/dev.installed  ## check style, types and workflow without changing anything
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/mypy
	$(BIN)/snakefmt --check $(WORKFLOW_SOURCES)
	$(IN_VENV) snakemake --lint
	$(IN_VENV) snakemake --dry-run --forceall

fix: $(VENV)/dev.installed  ## repair style
	$(BIN)/ruff check --fix $(PYTHON_SOURCES)
	$(BIN)/ruff format $(PYTHON_SOURCES)
	$(BIN)/snakefmt $(WORKFLOW_SOURCES)

stress: $(VENV)/run.installed  ## feed the program large and hostile inputs, and reads of known alleles
	$(IN_VENV) python -m benchmarks.stress
	$(IN_VENV) python -m benchmarks.truth

bench: $(VENV)/run.installed  ## measure speed and memory
	$(IN_VENV) python -m benchmarks.speed
	$(IN_VENV) python -m benchmarks.run
	$(IN_VENV) python -m benchmarks.reads

agreement: $(VENV)/judges.installed  ## compare names and terms with independent programs
	$(IN_VENV) PYTHONPATH="$(CURDIR)/$(VENV)/judges" python -m benchmarks.agreement

atlas: $(VENV)/run.installed  ## describe every small allele of FOXP3 again (docs/atlas)
	$(BIN)/foxp3-annot atlas --assembly GRCh37 -o docs/atlas/atlas.GRCh37.tsv.gz
	$(BIN)/foxp3-annot atlas --assembly GRCh38 -o docs/atlas/atlas.GRCh38.tsv.gz
	cd docs/atlas && sha256sum *.tsv.gz > SHA256SUMS

lock: ## renew requirements/*.lock from pyproject.toml (UPGRADE=--upgrade takes the newest versions)
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && set -e && \
	$(PYTHON) -m venv "$$scratch" && \
	"$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) && \
	compile="$$scratch/bin/uv pip compile --no-config --quiet --generate-hashes --universal \
	  --python-version 3.11 $(UPGRADE)" && \
	export UV_CUSTOM_COMPILE_COMMAND="make lock" && \
	$$compile pyproject.toml --group checkout -o requirements/run.lock && \
	$$compile pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock && \
	$$compile --group build -c requirements/dev.lock -o requirements/build.lock && \
	$$compile --no-deps requirements/judges.in -o requirements/judges.lock

clean:  ## remove the virtual environment, caches and build outputs; results stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(PYTHON_SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/created:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed; install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1); name another one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  rm -rf $(VENV); \
	  $(PYTHON) -m venv --without-pip $(VENV) >/dev/null 2>&1 && $(PYTHON) -m pip --python $(BIN)/python --version >/dev/null 2>&1 || { \
	    rm -rf $(VENV); \
	    echo "make: $(PYTHON) can make no virtual environment: it has neither ensurepip nor pip 22.3 or newer; on Debian and Ubuntu, apt-get install python3-venv brings it" >&2; \
	    exit 1; }; }
	@touch $@

$(VENV)/run.installed: requirements/build.lock requirements/run.lock pyproject.toml | $(VENV)/created
	@echo "installing the locked packages into $(VENV) (about a minute, once)"
	@$(INSTALL) requirements/build.lock
	@$(INSTALL) requirements/run.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.installed: requirements/dev.lock $(VENV)/run.installed
	@echo "installing the locked tools for development into $(VENV)"
	@$(INSTALL) requirements/dev.lock
	@touch $@

# Apart from the virtual environment's own packages: the judges are installed without what they say they require.
$(VENV)/judges.installed: requirements/judges.lock $(VENV)/run.installed
	@echo "installing the programs to compare with into $(VENV)/judges"
	@rm -rf $(VENV)/judges
	@$(PIP) install --quiet --no-deps --require-hashes --only-binary :all: --target $(VENV)/judges \
	  --requirement requirements/judges.lock
	@touch $@
