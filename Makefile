# Rolecall: `make up` is all it takes. Everything is installed into .venv of this folder.

PYTHON ?= python3
UV ?= uv
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help up demo test lint bench bench-api bench-web openapi lock clean

RUN := .venv/bin/python
PIP := $(RUN) -m pip install -qq --disable-pip-version-check --require-hashes
# A proxy that leads to job boards need not lead to a package index; then the way is tried without it.
DIRECT := env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy -u REQUESTS_CA_BUNDLE -u CURL_CA_BUNDLE
WITHOUT_PROXY = { test -n "$$HTTPS_PROXY$$https_proxy" && echo "Trying again without the proxy." && $(DIRECT) $(PIP)
PROJECT := $(RUN) -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $(ARGS)
BUILD := setuptools>=80

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

up: .venv/runtime ## run everything on this machine; Ctrl-C stops it
	@.venv/bin/rolecall up $(ARGS)

demo: .venv/dev ## the same over a simulated internet of job boards
	@$(RUN) -m tests.boards.demo $(ARGS)

test: .venv/dev ## run all tests, with servers of their own
	@$(RUN) -m pytest --numprocesses auto --maxprocesses 4 $(ARGS)

lint: .venv/dev ## check style, types and the direction of imports
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m mypy && $(RUN) .venv/bin/lint-imports

bench: .venv/dev ## measure scans per second and their cost
	@$(RUN) -m bench $(ARGS)

bench-api: .venv/dev ## measure what asking costs with a million postings
	@$(RUN) -m bench.api $(ARGS)

bench-web: .venv/dev ## measure the page's screens with a million postings
	@$(RUN) -m bench.web $(ARGS)

openapi: .venv/dev ## write docs/openapi.json anew
	@$(RUN) -m tests.api.test_openapi

lock: requirements.txt requirements-dev.txt ## pin the dependencies again (ARGS=--upgrade: newer ones)

clean: ## remove .venv and what tools left behind; data stay
	rm -rf .venv build dist *.egg-info .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- what the targets stand on ----------------------------------------------------------------------------------------

ifneq ($(filter lock,$(MAKECMDGOALS)),)
.PHONY: requirements.txt requirements-dev.txt
requirements.txt:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or name it with UV=." >&2; exit 1; }
	echo '$(BUILD)' | $(LOCK) --extra local --output-file $@ pyproject.toml -
requirements-dev.txt: requirements.txt
	echo '$(BUILD)' | $(LOCK) --extra local --group dev --constraint $< --output-file $@ pyproject.toml -
	@! grep -n '://' requirements.txt $@ || { echo "A lock file names an address; it must not." >&2; exit 1; }
endif

# A checkout that was moved or copied gets a new .venv: the old one still points to where it was made.
ifneq ($(shell cat .venv/place 2>/dev/null),$(CURDIR))
.PHONY: .venv/place
endif
.venv/place:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rolecall needs Python 3.11 or newer, and $(PYTHON) is not; name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv && echo '$(CURDIR)' > $@

.venv/runtime: requirements.txt pyproject.toml .venv/place
	@echo "Installing Rolecall into .venv. The first time takes a minute."
	@$(PIP) -r requirements.txt || $(WITHOUT_PROXY) -r requirements.txt; }
	@$(PROJECT) && touch $@

.venv/dev: requirements-dev.txt pyproject.toml .venv/place
	@echo "Installing Rolecall and its development tools into .venv. The first time takes a minute or two."
	@$(PIP) -r requirements-dev.txt || $(WITHOUT_PROXY) -r requirements-dev.txt; }
	@$(PROJECT) && touch $@ .venv/runtime
