# Samråd: `make run` is all a newcomer needs.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
LOCKS := requirements/uv.txt requirements/base.txt requirements/test.txt requirements/check.txt
STAMP := $(VENV)/.installed
COMPILE := $(VENV)/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po */locale/*/LC_MESSAGES/*.po)

.PHONY: help setup assets messages run stack test test-slow check browser styleguide bench locks mutants lock upgrade clean format

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(STAMP) assets messages ## dependencies, the design system's files, catalogues; nothing to do when up to date

$(STAMP): $(LOCKS) config/install.sh
	@bash config/install.sh "$(PYTHON)" "$(VENV)" $(LOCKS)

assets: $(STAMP) static/vendor/dkfds/.stamp

static/vendor/dkfds/.stamp: package.json package-lock.json .npmrc config/assets.py | $(STAMP)
	@$(PY) -m config.assets && touch $@

messages: $(VENV)/.messages ## compile the catalogues that changed

$(VENV)/.messages: $(CATALOGUES) config/messages.py | $(STAMP)
	@$(PY) -m config.messages compile && touch $@

# Compiled beforehand, for start-up is slower where PYTHONDONTWRITEBYTECODE is set.
run: setup ## one process with a demo in it; PORT and HOST choose the address
	@$(PY) -m compileall -q config consultations workflow notifications
	@exec $(PY) -m config.run

stack: setup ## the production topology from wheels: gunicorn, workers, beat, PostgreSQL, Valkey, mail sink
	@exec $(PY) -m bench.stack

test: setup ## all but the slow ones, on SQLite and on PostgreSQL with Valkey
	@$(PY) -m tests fast

test-slow: setup ## plays, crashes, short chaos, browser
	@$(PY) -m tests slow

browser: setup ## the journeys in Chromium
	@bash .ci/browser
	@$(PY) -m tests browser

styleguide: setup ## every component with invented data, at /styleguide
	@DEBUG=1 $(PY) manage.py runserver --settings tests.styleguide_settings 127.0.0.1:$(or $(PORT),8001)

locks: setup ## take each lock out in turn and look for a red test; by hand
	@$(PY) -m tests.without_locks

mutants: setup ## small mistakes in what judges and counts: who notices; SEED, NUMBER, ONLY
	@$(PY) -m tests.mutants $(if $(SEED),--seed $(SEED),) $(if $(NUMBER),--number $(NUMBER),) $(if $(ONLY),--only $(ONLY),)

check: setup ## format, lint, types, imports, migrations, templates, locks
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	if [ -d templates ]; then $(VENV)/bin/djangofmt --check --quiet templates; fi
	! grep -nE 'https?://' requirements/*.txt $(wildcard package-lock.json)

format: setup ## write what `make check` asks for
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	if [ -d templates ]; then $(VENV)/bin/djangofmt --quiet templates; fi

bench: setup ## the figures, one JSON line each; ONLY=name for one
	@$(PY) -m bench $(if $(ONLY),--only $(ONLY),)

lock: $(STAMP) ## write the lock files after a change of requirements/*.in
	cd requirements && for room in uv node base test check; do ../$(COMPILE) $$room.in -o $$room.txt; done

upgrade: $(STAMP) ## write the lock files with the newest versions that fit
	cd requirements && for room in uv node base test check; do ../$(COMPILE) --upgrade $$room.in -o $$room.txt; done

clean: ## remove what setup made; the data under var/ stays
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache
