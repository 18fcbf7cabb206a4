# make run    the demo, from nothing    make test    ruff, mypy, pytest
# make extras   what the tests of the extras need
# make lock   new hashes of the pins    make sbom    dist/sbom.json    make audit    known vulnerabilities
# A fresh machine needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/installed
DEV    := $(VENV)/installed-dev
TOOLS  := .venv-tools
PIP    := -m pip --disable-pip-version-check install
HASHED := $(PIP) --no-deps --require-hashes
# the tests start the program hundreds of times: it should not be compiled each time
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check extras format lock sbom audit clean

run: $(STAMP)
	$(BIN)/pipeline run --config configs/demo.yaml

test: check
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Installs again only if the packages changed. Every file that pip fetches has its hash in a lock
# file. A build of torch without CUDA is taken if pip finds it; otherwise that of the package index.
$(STAMP): pyproject.toml requirements.lock $(wildcard requirements-torch.lock requirements-cpu.lock)
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Yibao needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): about 2 GB, some minutes."
	$(BIN)/python $(HASHED) --requirement requirements.lock
	@$(BIN)/python $(HASHED) --requirement requirements-cpu.lock 2>/dev/null || \
	    { echo "no build of torch without CUDA here; taking the usual one"; $(BIN)/python $(HASHED) --requirement requirements-torch.lock; }
	$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip --disable-pip-version-check check
	touch $(STAMP)

# The developers' tools, for make test and make format.
$(DEV): $(STAMP) requirements-dev.lock
	$(BIN)/python $(HASHED) --requirement requirements-dev.lock
	touch $(DEV)

# The extras, for their tests: Ray, S3, PostgreSQL's driver, traces.
extras: $(DEV)
	$(BIN)/python $(HASHED) --requirement requirements-extra.lock

# WHEELS=FOLDER also accepts the CPU builds of torch in that folder; UPGRADE=1 takes newer versions.
lock: $(TOOLS)/installed
	PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH" $(PYTHON) scripts/lock_pins.py $(if $(WHEELS),--wheels $(WHEELS)) $(if $(UPGRADE),--upgrade)

sbom: $(DEV) $(TOOLS)/installed
	mkdir -p dist
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.json $(BIN)/python

# Needs a service that a package index may not offer, so no test depends on it. A package that
# cannot be looked up counts as a failure (--strict), otherwise no answer would read as no vulnerability.
audit: $(TOOLS)/installed
	@$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock --requirement requirements-dev.lock --requirement requirements-torch.lock || \
	    { echo "make audit: see above. If packages could not be looked up, this network does not reach the list of vulnerabilities: run it where it does."; exit 1; }

$(TOOLS)/installed: requirements-tools.lock
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python $(HASHED) --requirement requirements-tools.lock
	touch $@

clean:
	rm -rf $(VENV) $(TOOLS) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
