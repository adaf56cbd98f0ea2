# Two commands matter: `make run` and `make test`. Both set up what they need, and may be run again at any time.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
BIN := .venv/bin
# uv carries certificates of its own; a machine's store may also hold the authority of a firm's proxy, so where there is one it is used.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem),)
export UV_SYSTEM_CERTS ?= true
endif
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run up down bi test test-full lint lock docs docs-check clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: .venv/.runtime ## create .venv from the hashed lock (no-op when it is up to date)
setup-dev: .venv/.development ## the same with what tests and linters need

.venv/bin/python:
	@echo "creating .venv"
	@if $(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	 elif command -v uv >/dev/null; then uv venv -q --seed --python 3.11 .venv; else false; fi || { rm -rf .venv; \
	 echo "renown: Python 3.11 with its venv module (Debian: python3.11-venv), or uv that finds or fetches one, is needed:" \
	   "install it, or say 'make PYTHON=/path/to/python3.11 ...'" >&2; exit 1; }

.venv/.uv: requirements-bootstrap.lock | .venv/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@touch $@

.venv/.runtime: requirements.lock pyproject.toml .venv/.uv
	@test -e .venv/.development || { echo "installing $$(grep -c == requirements.lock) packages (hashes checked)"; \
	  VIRTUAL_ENV=.venv UV_LINK_MODE=copy $(BIN)/uv pip sync -q --require-hashes requirements.lock requirements-bootstrap.lock; }
	@rm -f .venv/.renown && $(MAKE) -s .venv/.renown # a sync removes what is not in the lock, ourselves too
	@touch $@

.venv/.development: requirements-dev.lock pyproject.toml .venv/.uv
	@echo "installing $$(grep -c == requirements-dev.lock) packages (hashes checked)"
	@VIRTUAL_ENV=.venv UV_LINK_MODE=copy $(BIN)/uv pip sync -q --require-hashes requirements-dev.lock requirements-bootstrap.lock
	@rm -f .venv/.renown && $(MAKE) -s .venv/.renown
	@touch .venv/.runtime $@

.venv/.renown: pyproject.toml
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## the whole way once: PostgreSQL, sandbox, Airflow, marts, summary
	@$(BIN)/renown run

up: setup ## keep the platform up: Airflow, sandbox, warehouse
	@$(BIN)/renown up

down: setup ## stop what `make up` started
	@$(BIN)/renown down

.venv-bi/.installed: requirements-bi.lock .venv/.uv
	@echo "creating .venv-bi: Superset, $$(grep -c == requirements-bi.lock) packages (hashes checked), about 700 MB"
	@test -e .venv-bi/bin/python || $(BIN)/uv venv -q --python .venv/bin/python .venv-bi
	@VIRTUAL_ENV=.venv-bi UV_LINK_MODE=copy $(BIN)/uv pip sync -q --require-hashes requirements-bi.lock
	@touch $@

bi: setup .venv-bi/.installed ## Superset with the dashboards over what `make run` filled: address and login
	@$(BIN)/renown bi superset

test: setup-dev ## linters and the suite (about half an hour on two cores)
	@$(MAKE) -s lint
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow" --durations=15

test-full: setup-dev ## everything, with the long parts: kills, seeds, benchmarks
	@$(MAKE) -s lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=25

lint: setup-dev ## ruff, mypy, sqlfluff, import rules
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/sqlfluff lint -q --processes 2 dbt_project/models

docs: setup ## the models' documentation as one page, build/docs/index.html (needs no warehouse)
	@mkdir -p build/docs
	@export RENOWN_PGHOST=none RENOWN_PGUSER=none RENOWN_PGDATABASE=none DBT_SEND_ANONYMOUS_USAGE_STATS=false; \
	  at="--project-dir dbt_project --profiles-dir dbt_project --target-path $(CURDIR)/build/dbt --log-path $(CURDIR)/build/dbt/logs"; \
	  $(BIN)/dbt -q --no-version-check parse $$at && $(BIN)/dbt -q --no-version-check docs generate --static --empty-catalog --no-compile $$at >/dev/null
	@cp build/dbt/static_index.html build/docs/index.html && echo build/docs/index.html

lock: .venv/.uv ## compile the locks anew (hashes, no index addresses)
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-bootstrap.in -o requirements-bootstrap.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-celery.in -o requirements-celery.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-bi.in -o requirements-bi.lock

clean: ## remove the environment (state in RENOWN_HOME stays)
	@rm -rf .venv .venv-bi
