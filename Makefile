# `make run` and `make test` need Python 3.11 or newer and nothing else: .venv makes itself.

PYTHON ?= python3
BIN := .venv/bin
# Made last, so that an installation that was broken off begins anew.
READY := .venv/ready
# What only `make bench` needs.
BENCH_READY := .venv-bench/ready
CATALOG := handlers/locales/messages.pot

.PHONY: help .venv run test lint format types storeys check chaos simulate evening bench browser pictures migration catalog
.DEFAULT_GOAL := help

help: ## Show these targets
	@sed -n 's/^\([.a-z]*\):[^#]*## /\1	/p' Makefile | while IFS='	' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

.venv: $(READY) ## Set up the virtual environment from constraints.txt
	@:

$(READY): pyproject.toml constraints.txt bot/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Syllabot needs Python 3.11 or newer; if it goes by another name: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo 'Python lacks its venv module; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Setting up .venv (a minute, once) ...'
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check -c constraints.txt -e '.[dev,postgres]'
	@touch $@

$(BENCH_READY): tests/bench/constraints.txt
	@echo 'Setting up .venv-bench (a minute, once) ...' >&2
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install -qq --disable-pip-version-check -r tests/bench/constraints.txt
	@touch $@

run: $(READY) ## Run the bot; without BOT_TOKEN, in the playground
	@$(BIN)/python -m bot run

test: $(READY) ## Run the tests; on PostgreSQL when TEST_DATABASE_URL names one
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(READY) ## Check style and formatting
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check

format: $(READY) ## Format, and mend what can be mended
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

types: $(READY) ## Check types
	@$(BIN)/python -m mypy

storeys: $(READY) ## Check that imports point down
	@$(BIN)/lint-imports

check: lint types storeys test ## Everything above

chaos: $(READY) ## Kill the bot again and again while people use it; CHAOS="--help" shows the options
	@$(BIN)/python -m tests.chaos $(CHAOS)

simulate: $(READY) ## Live through a year of reminders in minutes; SIMULATE="--help" shows the options
	@$(BIN)/python -m tests.simulation $(SIMULATE)

evening: $(READY) ## Remind a thousand people at Telegram's rate, while somebody asks for answers
	@$(BIN)/python -m tests.simulation.evening

# Without its own environment the bench says what it leaves out.
bench: $(READY) ## Measure how fast it is, beside bare echo bots; BENCH="--help" shows the options
	@$(MAKE) --no-print-directory $(BENCH_READY) || rm -rf .venv-bench
	@$(BIN)/python -m tests.bench $(BENCH)

browser: $(READY) ## Install what the tests of the playground's page need; they find a Chromium by themselves
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[browser]'

pictures: browser ## Take pictures of the main screens, and those of the README anew
	@$(BIN)/python -m tests.pictures

migration: $(READY) ## Draft a migration for changed models
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="add cohorts"' >&2; exit 2; }
	@$(BIN)/python -m db.migrate "$(NAME)"

catalog: $(READY) ## Extract the texts for translators into handlers/locales/messages.pot
	@$(BIN)/python -m babel.messages.frontend --quiet extract --no-default-keywords -k _ -k _n:1,2 \
		--no-location --sort-output --omit-header --add-comments=Translators: \
		-o $(CATALOG) bot handlers
