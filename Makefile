# What one runs here. `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start many processes: each would compile all of us again.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet
# The tests write many small files: into memory, where it has room for them.
ROOM = [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 2000000 ] 2>/dev/null
MEMORY := $(shell $(ROOM) && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)
# Three at a time, as on two cores one often waits for a process, a disk or a moment; a test that
# hangs ends by its own time limit.
PYTEST := $(MEMORY) $(BIN)/python -m pytest -n 3 --dist worksteal $(if $(STRICT),--strict-machine)
ON = --database $(1) -o cache_dir=.pytest_cache/$(1)
# With RETRY=1 what failed beside others is tried once more by itself, so that a busy machine is
# told from a fault; what fails twice has failed. Nothing is tried again when much failed.
AGAIN = { [ -n "$(RETRY)" ] && .ci/few-failed .pytest_cache/$* && \
	  $(PYTEST) -n 0 $(call ON,$*) --last-failed --last-failed-no-failures none; }

.DEFAULT_GOAL := help
.PHONY: help run demo test test-sqlite test-postgresql bench messages faults lint format lock clean

help: ## List what can be run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: .venv/installed ## Serve on http://127.0.0.1:8000, with an up-to-date database
	@$(BIN)/allclear upgrade
	@exec $(BIN)/allclear serve

demo: .venv/installed ## Serve an example organisation, to look around in
	@exec $(BIN)/allclear demo

test: test-sqlite test-postgresql ## Run every test, on SQLite and on PostgreSQL (STRICT=1: skip nothing)

test-sqlite test-postgresql: test-%: .venv/installed-test
	$(PYTEST) $(call ON,$*) || $(AGAIN)

bench: .venv/installed-test ## Measure the public page and publishing (needs nginx and wrk)
	$(BIN)/python -m benchmarks.public_page
	$(BIN)/python -m benchmarks.publish
	$(BIN)/python -m benchmarks.fanout

messages: .venv/installed ## Bring the catalogues of texts up to what stands in code and templates
	$(BIN)/python -m babel.messages.frontend --quiet extract --width 100 --mapping translations/babel.cfg --keyword N_ --no-location \
	  --project Allclear --output .venv/messages.pot .
	$(BIN)/python -m babel.messages.frontend --quiet update --width 100 --domain allclear --input-file .venv/messages.pot \
	  --output-dir translations --no-fuzzy-matching --ignore-obsolete --omit-header

faults: .venv/installed-test ## Break it on purpose: kills, hangs, lost answers, wrong clocks (ONLY=F1, SHORT=1)
	$(BIN)/python -m tests.faults $(if $(SHORT),--short) $(if $(ONLY),--only $(ONLY))

lint: .venv/installed-test ## Check style, types, layers, templates and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/deptry .

format: .venv/installed-test ## Put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv writes the locks and nothing else needs it. They hold hashes and name no address.
COMPILE := uv pip compile pyproject.toml --universal --generate-hashes --no-header \
	--no-emit-index-url --no-annotate --quiet

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra postgres --extra s3 -o requirements-postgres.lock
	$(COMPILE) --extra test -o requirements-test.lock

clean: ## Remove the environment and what tools left behind; keeps instance/
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

# The stamps: an environment is built once, and again when a lock changes.

.venv/created:
	@command -v $(PYTHON) >/dev/null 2>&1 || \
	  { echo "Allclear needs Python 3.11 or newer, and there is no $(PYTHON). Try: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Allclear needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/created requirements.lock pyproject.toml
	@echo "Installing what Allclear needs into .venv (a minute, once) …"
	@$(PIP) --no-deps --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-test: .venv/installed requirements-test.lock
	@echo "Installing what the tests need into .venv …"
	@$(PIP) --no-compile --no-deps --require-hashes -r requirements-test.lock
	@touch $@
